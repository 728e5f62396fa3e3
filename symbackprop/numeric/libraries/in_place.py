"""Lines of PyTorch that write into the arrays which they have made themselves, where nothing else sees these."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Integer

Shape = tuple[Expr, ...]

_METHODS: Mapping[type[ast.operator], str] = {ast.Mult: "mul_", ast.Add: "add_", ast.Sub: "sub_", ast.Div: "div_"}
_ENTRYWISE = frozenset(
    f"torch.{word}" for word in "abs cos cosh exp expm1 log log1p reciprocal rsqrt sigmoid sin sinh sqrt tanh".split()
)
_ADDED_UP = frozenset(["torch.mean", "torch.sum"])


@dataclass(frozen=True)
class _Part:
    """A part of a line: its source, its shape where that is known, and what is known of the array that it gives.

    An array is ``fresh`` where the part has made it and nobody else has it, ``real`` where its entries are floats,
    and ``passed`` where it is made of what comes back, of which there may be many at once.
    """

    text: str
    shape: Shape | None = None
    fresh: bool = False
    real: bool = False
    passed: bool = False
    closed: bool = False
    """Whether a method can be called on it as it stands, without brackets."""


def in_place(
    text: Sequence[str],
    shapes: Mapping[str, Shape],
    numbers: Collection[str],
    passed: Collection[str],
    width: int,
) -> tuple[str, ...]:
    """The assignment ``text``, where its products and sums go on in the array that was made last.

    ``shapes`` are those of the arrays that it may read, ``numbers`` Python's own, and ``passed`` the arrays that are
    made of what comes back: as vmap can have many of these at once, none is written into another array. Each number
    comes out as before; a line that would be longer than ``width`` stays as it is.
    """
    if len(text) != 1:
        return tuple(text)
    (statement,) = ast.parse(text[0]).body
    assert isinstance(statement, ast.Assign)
    part = _Writer(text[0], shapes, numbers, passed).part(statement.value)
    line = f"{text[0].partition(' = ')[0]} = {part.text}"
    return (line if len(line) <= width else text[0],)


class _Writer:
    """Writes the parts of one line."""

    def __init__(
        self, source: str, shapes: Mapping[str, Shape], numbers: Collection[str], passed: Collection[str]
    ) -> None:
        self.source, self.shapes, self.numbers, self.passed = source, shapes, numbers, passed

    def part(self, node: ast.expr) -> _Part:
        reads = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
        return replace(self._part(node), passed=not reads.isdisjoint(self.passed))

    def _part(self, node: ast.expr) -> _Part:
        as_it_is = self._as_it_is(node)
        match node:
            case ast.Name(id=name) if name in self.shapes:
                return _Part(name, self.shapes[name], real=True, closed=True)
            case ast.Name(id=name) if name in self.numbers:
                return _Part(name, (), closed=True)
            case ast.Constant():
                return _Part(as_it_is, (), closed=True)
            case ast.UnaryOp(op=ast.USub()):
                negative = self.part(node.operand)
                return _Part(as_it_is, negative.shape, fresh=True, real=negative.real)
            case ast.Attribute(value=ast.Name(id=name), attr="T") if name in self.shapes:
                return _Part(as_it_is, self.shapes[name][::-1], real=True, closed=True)
            case ast.BinOp(op=ast.MatMult()):
                return _Part(as_it_is, self._shape_of_product(node), fresh=True, real=True)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.Call(func=ast.Attribute(), args=[argument, *_]):
                return self._call(node, argument)
        return _Part(as_it_is)

    def _shape_of_product(self, node: ast.BinOp) -> Shape | None:
        sides = [self.part(side).shape for side in (node.left, node.right)]
        known = [side for side in sides if side is not None and len(side) == 2]
        return (known[0][0], known[1][1]) if len(known) == 2 else None

    def _call(self, node: ast.Call, argument: ast.expr) -> _Part:
        function, given, as_it_is = ast.unparse(node.func), self.part(argument), self._as_it_is(node)
        if function in _ENTRYWISE:
            return _Part(as_it_is, given.shape, fresh=True, real=given.real, closed=True)
        settings = {word.arg: word.value for word in node.keywords}
        match settings.get("dim"), settings.get("keepdim"):
            case ast.Constant(value=int(axis)), ast.Constant(value=True) if function in _ADDED_UP and given.shape:
                shape = (*given.shape[:axis], Integer(1), *given.shape[axis + 1 :])
                text = as_it_is.replace(self._as_it_is(argument), given.text, 1)
                return _Part(text, shape, fresh=True, real=given.real, closed=True)
        return _Part(as_it_is)

    def _arithmetic(self, node: ast.BinOp) -> _Part:
        left, right = self.part(node.left), self.part(node.right)
        shape, real = _together(left.shape, right.shape), left.real or right.real
        method = _METHODS.get(type(node.op))
        commutes = isinstance(node.op, (ast.Mult, ast.Add))
        if method and shape:
            for into, other in ((left, right), (right, left))[: 1 + commutes]:
                own = into.fresh and into.real and into.shape == shape
                if own and (into.passed or not other.passed):
                    begin = into.text if into.closed else f"({into.text})"
                    return _Part(f"{begin}.{method}({other.text})", shape, fresh=True, real=True, closed=True)
        return _Part(self._beside(node, left, right), shape, fresh=True, real=real)

    def _beside(self, node: ast.BinOp, left: _Part, right: _Part) -> str:
        """The operation as it is written, with its sides as they have become."""
        sides = [self._spelled(node.left, left), self._spelled(node.right, right)]
        begin, end = (self._offset(node.left, after=True), self._offset(node.right, after=False))
        between = self.source[begin:end].strip("()")
        return between.join(sides)

    def _spelled(self, node: ast.expr, part: _Part) -> str:
        """A side of an operation, in the brackets that it has where it still needs them."""
        bracketed = not part.closed and self._is_bracketed(node)
        return f"({part.text})" if bracketed else part.text

    def _is_bracketed(self, node: ast.expr) -> bool:
        begin, end = self._offset(node, after=False), self._offset(node, after=True)
        return self.source[begin - 1 : begin] == "(" and self.source[end : end + 1] == ")"

    def _as_it_is(self, node: ast.expr) -> str:
        return self.source[self._offset(node, after=False) : self._offset(node, after=True)]

    def _offset(self, node: ast.expr, after: bool) -> int:
        """Where a part begins or ends; the parser counts bytes."""
        count = (node.end_col_offset or 0) if after else node.col_offset
        return len(self.source.encode()[:count].decode())


def _together(left: Shape | None, right: Shape | None) -> Shape | None:
    """The shape of two arrays entry by entry, rows, columns and numbers repeated; None where it is not known."""
    if left is None or right is None:
        return None
    if not left or not right:
        return left or right
    if len(left) != len(right):
        return None
    pairs = list(zip(left, right, strict=True))
    if any(1 not in pair and pair[0] != pair[1] for pair in pairs):
        return None
    return tuple(b if a == 1 else a for a, b in pairs)
