"""Rewriting of array expressions: each rule named and with its condition.

A rule looks at one node whose parts have been rewritten already. What works entry by entry is left to the rules of
scalars (rewrite.py), to which an operation is one more name. A rule keeps the shape of what it rewrites: where an
expression would shrink to a row, a column or a scalar, it is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Add, Eq, Expr, Integer, Mul, Pow, S, Symbol, count_ops

from symbackprop.algebra.rewrite import (
    CANCEL,
    FACT,
    SIGNS,
    TAKE_OUT,
    Rewrite,
    take_out_common,
)
from symbackprop.algebra.tidy import Rewritten
from symbackprop.matrices import (
    Array,
    Broadcast,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Inverse,
    Operation,
    Product,
    Shape,
    Softmax,
    Sum,
    SumAll,
    Trace,
    Transposed,
    product,
    same_shape,
    shape_of,
)
from symbackprop.matrices.shapes import same

NodeRule = Callable[[Expr], Expr]
ROUNDS = 8
"""How often all rules are gone through; expressions of networks settle in two or three rounds."""


class Everywhere:
    """A rule applied to every node, from the leaves up, until nothing changes; what is known is not done twice."""

    def __init__(self, rule: NodeRule) -> None:
        self.rule = rule
        self._known: dict[Expr, Expr] = {}

    def __call__(self, expr: Expr) -> Expr:
        if not expr.args:
            return expr
        if expr not in self._known:
            node = _rebuilt(expr, [self(arg) if isinstance(arg, Expr) else arg for arg in expr.args])
            changed = _as_large(self.rule(node), shape_of(node))
            self._known[expr] = node if changed == node else self(changed)
        return self._known[expr]


def _rebuilt(expr: Expr, args: Sequence[Expr]) -> Expr:
    if all(a is b for a, b in zip(args, expr.args, strict=True)):
        return expr
    if isinstance(expr, Operation):
        count = len(expr.operands)
        operands = (_as_large(new, shape_of(old)) for new, old in zip(args, expr.operands, strict=False))
        return expr.func(*operands, *args[count:])
    return _as_large(expr.func(*args), shape_of(expr))


def _as_large(expr: Expr, shape: Shape) -> Expr:
    return expr if same_shape(shape_of(expr), shape) else Broadcast(expr, *shape)


# Broadcasts


def collapse(node: Expr) -> Expr:
    """Sums and products of what is repeated need no copies: colsum(1·b) = m·b, A·(1·b) = rowsum(A)∘b."""
    match node:
        case Broadcast():
            return _broadcast(node)
        case Sum() if same(shape_of(node.args[0])[node.axis], S.One):
            return node.args[0]
        case Sum(args=(Broadcast() as copies, _)):
            return _sum_of_copies(copies, node.axis)
        case SumAll(args=(Broadcast() as copies,)):
            return _total_of_copies(copies)
        case Transposed(args=(Broadcast() as copies,)):
            part, rows, columns = copies.args
            return Broadcast(Transposed(part) if shape_of(part) else part, columns, rows)
        case Product():
            return _product_of_copies(node)
        case Operation():
            return node
    return _entries_of_copies(node)


def _broadcast(node: Broadcast) -> Expr:
    part = node.args[0]
    if same_shape(shape_of(part), node.shape):
        return part
    return Broadcast(part.args[0], *node.shape) if isinstance(part, Broadcast) else node


def _sum_of_copies(copies: Broadcast, axis: int) -> Expr:
    part = copies.args[0]
    shape = shape_of(part)
    if not shape or same(shape[axis], S.One):
        return copies.shape[axis] * part
    return Sum(part, Integer(axis))


def _total_of_copies(copies: Broadcast) -> Expr:
    part = copies.args[0]
    shape = shape_of(part)
    if not shape:
        return copies.shape[0] * copies.shape[1] * part
    counts = [whole for whole, own in zip(copies.shape, shape, strict=True) if not same(whole, own)]
    return Mul(*counts, SumAll(part))


def _product_of_copies(node: Product) -> Expr:
    """A product with a repeated row or column is a sum of the other factor beside it."""
    for k, factor in enumerate(node.args):
        if not isinstance(factor, Broadcast):
            continue
        part = factor.args[0]
        rows, columns = shape_of(part) or (S.One, S.One)
        before, behind = node.args[:k], node.args[k + 1 :]
        if before and same(rows, S.One):
            left = product(*before)
            merged = _as_large(Sum(left, Integer(1)) * part, (shape_of(left)[0], factor.shape[1]))
            return product(merged, *behind)
        if behind and same(columns, S.One):
            right = product(*behind)
            merged = _as_large(part * Sum(right, Integer(0)), (factor.shape[0], shape_of(right)[1]))
            return product(*before, merged)
    return node


def _entries_of_copies(node: Expr) -> Expr:
    """Entry by entry, a row beside a whole matrix is repeated by itself."""
    copies = [arg for arg in node.args if isinstance(arg, Broadcast)]
    if not copies:
        return node
    return node.func(*(arg.args[0] if arg in copies else arg for arg in node.args))


# Transposes


def transpose(node: Expr) -> Expr:
    """(A·B)ᵀ = BᵀAᵀ, (Aᵀ)ᵀ = A; into sums and entries where that leaves no more transposes than before."""
    match node:
        case Transposed(args=(Transposed() as inner,)):
            return inner.args[0]
        case Transposed(args=(Product() as inner,)):
            return product(*(Transposed(factor) for factor in reversed(inner.args)))
        case Transposed(args=((Identity() | DiagonalMatrix()) as inner,)):
            return inner
        case Transposed(args=(inner,)) if not isinstance(inner, Operation) and not inner.is_Symbol:
            return _transposed_entries(node, inner)
        case Sum(args=(Transposed() as inner, _)):
            return Transposed(Sum(inner.args[0], Integer(1 - node.axis)))
        case SumAll(args=(Transposed() as inner,)):
            return SumAll(inner.args[0])
        case Trace(args=(Transposed() as inner,)):
            return node.func(inner.args[0])
    return node


def _transposed_entries(node: Transposed, inner: Expr) -> Expr:
    """f(A, B)ᵀ = f(Aᵀ, Bᵀ), where A or B is a transpose already."""
    atoms = sorted({atom for atom in _atoms(inner) if shape_of(atom)}, key=lambda atom: atom.sort_key())
    turned = {atom: atom.args[0] if isinstance(atom, Transposed) else Transposed(atom) for atom in atoms}
    before = 1 + sum(isinstance(atom, Transposed) for atom in atoms)
    after = sum(isinstance(atom, Transposed) for atom in turned.values())
    return inner.xreplace(turned) if after < before else node


def _atoms(expr: Expr) -> set[Expr]:
    """The names and the outermost operations of an expression that works entry by entry."""
    found: set[Expr] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if node.is_Symbol or isinstance(node, Operation):
            found.add(node)
        else:
            stack.extend(arg for arg in node.args if isinstance(arg, Expr))
    return found


# Scalars, and rows and columns that a sum does not touch

_LINEAR = (SumAll, Trace, Transposed, Diagonal, DiagonalMatrix)


def gather_scalars(node: Expr) -> Expr:
    """A·(cB) = c·A·B, colsum(cA) = c·colsum(A); a row comes out of a column sum too, and 2·(A - B)/2 is A - B."""
    if isinstance(node, Mul):
        return _with_content(node)
    if isinstance(node, Product):
        parts = [_split(factor, lambda shape: not shape) for factor in node.args]
        outside = [c for out, _ in parts for c in out]
        return Mul(*outside, product(*(inside for _, inside in parts))) if outside else node
    if isinstance(node, Sum):
        axis = node.axis
        outside, inside = _split(node.args[0], lambda shape: not shape or same(shape[axis], S.One))
        return Mul(*outside, Sum(inside, Integer(axis))) if outside else node
    if isinstance(node, _LINEAR):
        outside, inside = _split(node.args[0], lambda shape: not shape)
        return Mul(*outside, node.func(inside)) if outside else node
    return node


def _split(expr: Expr, goes_out: Callable[[Shape], bool]) -> tuple[list[Expr], Expr]:
    """The factors that go out, and the rest; nothing goes out where the rest would lose its shape."""
    if isinstance(expr, Add):
        content, rest = _content(expr)
        return ([content], rest) if content != S.One else ([], expr)
    if not isinstance(expr, Mul):
        return [], expr
    outside = [factor for factor in expr.args if goes_out(shape_of(factor))]
    inside = Mul(*(factor for factor in expr.args if factor not in outside))
    if not outside or not same_shape(shape_of(inside), shape_of(expr)):
        scalars = [factor for factor in outside if not shape_of(factor)]
        return scalars, Mul(*(factor for factor in expr.args if factor not in scalars)) if scalars else expr
    return outside, inside


def _with_content(node: Mul) -> Expr:
    """The numbers of its sums gathered: (2·A - 2·B)/(2·m) is (A - B)/m."""
    split = [_content(factor) for factor in node.args]
    numbers = [content for content, _ in split if content != S.One]
    if not numbers or len(node.args) < 3 and not any(arg.is_Number for arg in node.args):
        return node
    return Mul(*numbers, *(rest for _, rest in split))


def _content(expr: Expr) -> tuple[Expr, Expr]:
    """The number common to all terms of a sum, and the sum without it."""
    if not isinstance(expr, Add):
        return S.One, expr
    sizes = [abs(term.as_coeff_Mul()[0]) for term in expr.args]
    if len(set(sizes)) > 1 or sizes[0] == S.One or not sizes[0].is_Rational:
        return S.One, expr
    return sizes[0], Add(*(term / sizes[0] for term in expr.args))


# Products in which factors cancel


def drop_identities(node: Expr) -> Expr:
    """A·I = A, A·A⁻¹ = I, (A⁻¹)⁻¹ = A, diagonal(diag(v)) = v."""
    match node:
        case Product():
            return _without_pairs(node)
        case Inverse(args=(Inverse() as inner,)):
            return inner.args[0]
        case Inverse(args=(Identity() as inner,)):
            return inner
        case Inverse(args=(Transposed() as inner,)):
            return Transposed(Inverse(inner.args[0]))
        case Trace(args=(Identity() as inner,)) if type(node) is Trace:
            return inner.args[0]
        case Diagonal(args=(DiagonalMatrix() as inner,)):
            return inner.args[0]
    return node


def _without_pairs(node: Product) -> Expr:
    kept: list[Expr] = []
    for factor in node.args:
        if isinstance(factor, Identity):
            continue
        if kept and _are_inverse(kept[-1], factor):
            kept.pop()
        else:
            kept.append(factor)
    if len(kept) == len(node.args):
        return node
    return product(*kept) if kept else Identity(node.shape[0])


def _are_inverse(a: Expr, b: Expr) -> bool:
    return (
        Inverse(a) == b
        or a == Inverse(b)
        or Transposed(Inverse(_turned(a))) == b
        or a == Transposed(Inverse(_turned(b)))
    )


def _turned(a: Expr) -> Expr:
    return a.args[0] if isinstance(a, Transposed) else S.NaN


# Common factors of products


def take_out_factors(node: Expr) -> Expr:
    """A·B + A·C = A·(B + C), and the same with a common last factor, where that makes fewer products."""
    if not isinstance(node, Add):
        return node
    terms = [_product_in(term) for term in node.args]
    for end in (0, -1):
        shared: dict[Expr, list[int]] = {}
        for k, (_, factors) in enumerate(terms):
            if factors:
                shared.setdefault(factors[end], []).append(k)
        for factor, places in shared.items():
            if len(places) > 1:
                return _joined(node, terms, factor, places, end)
    return node


def _product_in(term: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """The scalars of a term, and the factors of its matrix product, if that is what it is."""
    products = [factor for factor in Mul.make_args(term) if isinstance(factor, Product)]
    scalars = [factor for factor in Mul.make_args(term) if not shape_of(factor)]
    if len(products) != 1 or len(scalars) + 1 != len(Mul.make_args(term)):
        return S.One, ()
    return Mul(*scalars), products[0].args


def _joined(
    node: Add, terms: Sequence[tuple[Expr, tuple[Expr, ...]]], factor: Expr, places: Sequence[int], end: int
) -> Expr:
    inner = Add(*(terms[k][0] * product(*(terms[k][1][1:] if end == 0 else terms[k][1][:-1])) for k in places))
    inner = take_out_common(inner)
    others = [term for k, term in enumerate(node.args) if k not in places]
    joined = product(factor, inner) if end == 0 else product(inner, factor)
    return Add(gather_scalars(joined) if isinstance(joined, Product) else joined, *others)


# Facts


def _put_in(known: Mapping[Expr, Expr]) -> NodeRule:
    return lambda node: known.get(node, node)


def _matrix_fact(fact: Eq, ones: NodeRule) -> Rewrite:
    put_in = Everywhere(_put_in({fact.lhs: fact.rhs}))
    return Rewrite(FACT, f"where {fact.lhs} = {fact.rhs}", _only_where_changed(put_in, ones))


def _only_where_changed(rule: NodeRule, after: NodeRule) -> NodeRule:
    """One rule after another: a fact puts in a 1, and no line is about the copies of it."""

    def apply(expr: Expr) -> Expr:
        changed = rule(expr)
        return expr if changed == expr else after(changed)

    return apply


def proved_sums(equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> dict[Expr, Expr]:
    """Sums of named values that their equations prove to be numbers: rowsum(softmax(Z)) = 1, colsum(X - mean) = 0."""
    known: dict[Expr, Expr] = {fact.lhs: fact.rhs for fact in facts}
    reductions = {name: expr for name, expr in equations.items() if expr.atoms(Sum) and isinstance(name, Array)}
    proved: dict[Expr, Expr] = {}
    for name, expr in equations.items():
        if isinstance(expr, Softmax):
            proved[Sum(name, Integer(expr.axis))] = S.One
        elif isinstance(name, Array) and isinstance(expr, (Add, Mul)) and not expr.atoms(Product):
            for axis in (0, 1):
                value = _proved_sum(expr, axis, reductions, {**known, **proved})
                if value is not None:
                    proved[Sum(name, Integer(axis))] = value
    return proved


def _proved_sum(expr: Expr, axis: int, reductions: Mapping[Symbol, Expr], known: Mapping[Expr, Expr]) -> Expr | None:
    """The sum of each column or row where it is a number, the same for all of them."""
    if same(shape_of(expr)[axis], S.One):
        return None
    opened = expr.xreplace({n: e for n, e in reductions.items() if same(shape_of(n)[axis], S.One)})
    total = Add(*(_sum_of_term(term, axis, shape_of(expr), known) for term in Add.make_args(opened.expand())))
    total = total.expand()
    return total if total.is_Number else None


def _sum_of_term(term: Expr, axis: int, shape: Shape, known: Mapping[Expr, Expr]) -> Expr:
    factors = Mul.make_args(term)
    fixed = [f for f in factors if not shape_of(f) or same(shape_of(f)[axis], S.One)]
    moving = Mul(*(f for f in factors if f not in fixed))
    if moving == S.One:
        return Mul(shape[axis], *fixed)
    total = Sum(moving, Integer(axis))
    return Mul(*fixed, known.get(total, total))


# Names


def fold_names(equations: Mapping[Symbol, Expr]) -> NodeRule:
    """Make the rule that puts in the names of quotients: (X - μ)/s is X̂, where that is what the network calls it."""
    definitions = [
        (name, {base: power for base, power in map(_base_and_power, Mul.make_args(expr))})
        for name, expr in equations.items()
        if isinstance(expr, Mul) and isinstance(name, Array) and any(_base_and_power(f)[1] < 0 for f in expr.args)
        and all(_base_and_power(f)[0].is_Symbol for f in expr.args)
    ]  # fmt: skip

    def fold(node: Expr) -> Expr:
        if not isinstance(node, Mul):
            return node
        for factor in node.args:
            if isinstance(factor, (Sum, SumAll)):
                for name, wanted in definitions:
                    folded = _folded_into(node, factor, name, wanted)
                    if folded is not None:
                        return folded
        powers = dict(map(_base_and_power, node.args))
        for name, wanted in definitions:
            if all(_reaches(powers.get(base, S.Zero), power) for base, power in wanted.items()):
                return Mul(node, name, *(Pow(base, -power) for base, power in wanted.items()))
        return node

    return fold


def _folded_into(node: Mul, total: Sum | SumAll, name: Symbol, wanted: Mapping[Expr, Expr]) -> Expr | None:
    """s⁻¹·colsum(A∘Xc) is colsum(A∘X̂), where X̂ is Xc/s: what the sum does not touch may go back into it."""
    inside = dict(map(_base_and_power, Mul.make_args(total.args[0])))
    outside = dict(map(_base_and_power, node.args))
    within = {base for base, power in wanted.items() if _reaches(inside.get(base, S.Zero), power)}
    without = {base for base, power in wanted.items() if _reaches(outside.get(base, S.Zero), power)} - within
    if not within or not without or len(within) + len(without) < len(wanted):
        return None
    if any(not _is_fixed(base, total) for base in without):
        return None
    rest = Mul(*(factor for factor in node.args if factor is not total), *(base ** -wanted[base] for base in without))
    summed = Mul(total.args[0], name, *(base ** -wanted[base] for base in within))
    return rest * total.func(summed, *total.args[1:])


def _is_fixed(base: Expr, total: Sum | SumAll) -> bool:
    """Whether every term of the sum has the same factor ``base``."""
    shape = shape_of(base)
    return not shape or (isinstance(total, Sum) and same(shape[total.axis], S.One))


def _base_and_power(factor: Expr) -> tuple[Expr, Expr]:
    base, power = factor.as_base_exp()
    return (base, power) if isinstance(power, Integer) else (factor, S.One)


def _reaches(power: Expr, wanted: Expr) -> bool:
    return bool(power >= wanted > 0 or power <= wanted < 0)


# Sums of terms


def _linear(steps: Sequence[NodeRule]) -> NodeRule:
    """Make the rule that sums a sum term by term, where what is known makes that shorter."""

    def split(node: Expr) -> Expr:
        if not (isinstance(node, Sum) and isinstance(node.args[0], Add)):
            return node
        terms = []
        for term in node.args[0].args:
            total: Expr = Sum(_as_large(term, shape_of(node.args[0])), Integer(node.axis))
            for step in steps:
                total = step(total)
            terms.append(total)
        apart = Add(*terms)
        return apart if count_ops(apart) < count_ops(node) else node

    return split


# All of it


def _scalar_rule(rule: Rewrite) -> Rewrite:
    """A rule of scalars, for what works entry by entry."""

    def at_node(node: Expr) -> Expr:
        return node if isinstance(node, Operation) or not node.args else rule.apply(node)

    return Rewrite(rule.name, rule.condition, Everywhere(at_node))


@dataclass(frozen=True)
class MatrixTidier:
    """The rules for one network, in order; ``tidy`` goes through them until nothing changes."""

    rules: tuple[Rewrite, ...]
    proved: Mapping[Expr, Expr] = field(default_factory=dict)

    @classmethod
    def of(cls, equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> MatrixTidier:
        """The rules, with what is stated of the data and what the equations prove."""
        proved = proved_sums(equations, facts)
        ones, scalars = Everywhere(collapse), Everywhere(gather_scalars)
        known = Everywhere(_put_in({**proved, **{fact.lhs: fact.rhs for fact in facts}}))
        proofs = ", ".join(f"{lhs} = {rhs}" for lhs, rhs in proved.items())
        rules = (
            Rewrite("collapsing a broadcast", "always: a sum of m copies of b is m·b", ones),
            Rewrite("pushing transposes in", "always: (A·B)ᵀ = Bᵀ·Aᵀ", Everywhere(transpose)),
            Rewrite("gathering scalars in front", "always: A·(cB) = c·A·B", scalars),
            Rewrite("dropping what cancels in a product", "where the inverses exist", Everywhere(drop_identities)),
            _scalar_rule(SIGNS),
            _scalar_rule(CANCEL),
            *(_matrix_fact(fact, ones) for fact in facts),
            Rewrite("using what the network proves", f"where {proofs}",
                    _only_where_changed(Everywhere(_put_in(proved)), ones)),
            Rewrite("putting in a name", "where the name is defined so", Everywhere(fold_names(equations))),
            Rewrite("summing each term", "always, where it is shorter", Everywhere(_linear([scalars, known, ones]))),
            Rewrite("taking out a common factor of the products", "always: A·B + A·C = A·(B + C)",
                    Everywhere(take_out_factors)),
            _scalar_rule(TAKE_OUT),
        )  # fmt: skip
        return cls(rules, proved)

    def tidy(self, total: Expr, shape: Shape) -> tuple[Rewritten, ...]:
        """Rewrite an adjoint of that shape, recording each rewriting that changed it."""
        expr = total
        trace: list[Rewritten] = []
        for _ in range(ROUNDS):
            before = expr
            for rule in self.rules:
                result = rule.apply(expr)
                if result != expr:
                    trace.append(Rewritten(rule, result))
                    expr = result
            if expr == before:
                break
        return tuple(trace)
