"""Functions that are worked out together, since they share their costly part.

σ(z) and log σ(z) share exp(-|z|), a softmax and its logarithm the powers of e. Where a program needs several functions
of such a family for one argument, a single call gives them all.

With T = log(1 + exp(-|z|)), softplus(z) is max(0, z) + T and softplus(-z) is T - min(0, z); both stay exact far from
zero, and in t·log σ(z) + (1 - t)·log(1 - σ(z)) all but t·z - max(0, z) - T cancels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Add, Basic, Expr, Max, Min, Mul, Symbol, count_ops, exp, tanh

from symbackprop.functions import UserFunction, primitive_of, sigmoid, sigmoid_slope, softplus, tanh_slope
from symbackprop.functions.base import VocabularyFunction
from symbackprop.functions.softmax import SoftmaxComponent, log_softmax_component, softmax_component
from symbackprop.matrices import LogSoftmax, LogSumExp, Softmax, UserOperation, rebuilt, substituted
from symbackprop.numeric.program.line import Fresh, Line, parts_of, values_of

_FUNCTION_OF: Mapping[type, type] = {sigmoid_slope: sigmoid, tanh_slope: tanh}
"""By the class of a derivative, the function beside which it is worked out, of the same exponential."""


def opened(lines: Sequence[Line]) -> list[Line]:
    """The lines with functions of the user's written out, and with those whose costly part is needed elsewhere too.

    A function that is a factor times another one is written so where the latter stands in a derivative, too: gelu(z) as
    z·Φ(z), silu(z) as z·σ(z).
    """
    lines = _with_softmaxes([replace(line, value=written_out(line.value)) for line in lines])
    parts = set(parts_of(values_of(lines)))
    known: dict[Basic, Expr] = {}
    for node in parts:
        form = _as_product(node)
        if form is not None and any(isinstance(factor, VocabularyFunction) and factor in parts for factor in form.args):
            known[node] = form
    return [replace(line, value=substituted(line.value, known)) for line in lines]


def _as_product(node: Basic) -> Expr | None:
    """A function whose stable form is a product with another function, as that product."""
    row = primitive_of(node)
    if row is None or row.stable is None:
        return None
    steps = row.in_steps
    if steps.steps or not isinstance(steps.value, Mul):
        return None
    return Mul(*(part.xreplace(dict(zip(steps.parameters, node.args, strict=True))) for part in steps.value.args))


def _with_softmaxes(lines: Sequence[Line]) -> list[Line]:
    """The lines with exp(log softmax(z)) and exp(z - log Σ exp(z)) seen for what they are: a softmax."""
    known: dict[Basic, Expr] = {}
    for line in lines:
        if isinstance(line.value, LogSoftmax):
            known[exp(line.targets[0])] = Softmax(*line.value.args)
        if isinstance(line.value, LogSumExp):
            known[exp(line.value.args[0] - line.targets[0])] = Softmax(*line.value.args)
    return [replace(line, value=substituted(line.value, known)) for line in lines] if known else list(lines)


def written_out(expr: Expr) -> Expr:
    """The expression without functions and operations of the user's that have a formula."""
    while True:
        formulas = {
            node: node.definition()
            for node in expr.atoms(UserFunction, UserOperation)
            if node.definition() is not None and not any(map(_is_users, parts_of(node.args)))
        }
        if not formulas:
            return expr
        expr = substituted(expr, formulas)


def _is_users(node: Basic) -> bool:
    return isinstance(node, UserFunction) or (isinstance(node, UserOperation) and node.value is not None)


def jointly(lines: Sequence[Line], fresh: Fresh) -> list[Line]:
    """The lines with one call for each family of functions of one argument."""
    lines = _with_tails(lines, fresh)
    lines = _with_calls(_slopes(lines, fresh), lines)
    lines = _one_by_one(_softmaxes, lines, fresh)
    return list(_one_by_one(_components, lines, fresh))


def _one_by_one(family: Family, lines: Sequence[Line], fresh: Fresh) -> Sequence[Line]:
    """The lines with the calls of a family of which one may change what another finds."""
    parts = dict.fromkeys(parts_of(values_of(lines)))
    for node in list(parts):
        found = family(node, parts, lines, fresh) if node in parts else None
        if found is not None:
            lines = found
            parts = dict.fromkeys(parts_of(line.value for line in lines if not line.helper))
    return lines


Parts = Mapping[Basic, None]
"""Every node of the lines."""
Family = Callable[[Basic, Parts, Sequence[Line], Fresh], Sequence[Line] | None]
"""What finds calls: given a node, all nodes, the lines and fresh names, it makes other lines or none."""


def _with_tails(lines: Sequence[Line], fresh: Fresh) -> list[Line]:
    """The lines with a call for each σ(z) beside softplus(z) or softplus(-z), which gives the tail of these too."""
    parts = dict.fromkeys(parts_of(values_of(lines)))
    names = {line.value: line.targets[0] for line in reversed(lines) if not line.helper}
    calls: dict[Line, Mapping[Expr, Expr]] = {}
    both: dict[Expr, dict[Expr, Expr]] = {}
    for node in parts:
        if not isinstance(node, sigmoid):
            continue
        z = node.args[0]
        above, below = softplus(z), softplus(-z)
        if above in parts or below in parts:
            named = names.get(node)
            value = named or fresh.numbered("t", node)
            tail = fresh.name(f"tail_{value}", node) if named else fresh.numbered("t", node)
            call = Line((value, tail), z, "", "sigmoid_and_tail")
            calls[call] = {node: value, above: Max(0, z) + tail, below: tail - Min(0, z)}
            both[above] = {node: value, above: Max(0, z) + tail, below: Max(0, z) - z + tail}
    if not calls:
        return list(lines)
    return _with_calls(calls, [replace(line, value=_without_pairs(line.value, both)) for line in lines])


def _without_pairs(expr: Expr, both: Mapping[Expr, dict[Expr, Expr]]) -> Expr:
    """The expression with softplus(z) and softplus(-z) put together where that cancels."""
    for above in sorted(expr.atoms(softplus) & both.keys(), key=str):
        _, *pair = both[above]
        expr = _cancelled(expr, (pair[0], pair[1]), both[above])
    return expr


def _slopes(lines: Sequence[Line], fresh: Fresh) -> dict[Line, Mapping[Expr, Expr]]:
    """A call for each σ(z) or tanh(z) whose derivative is there too, and what it is called then."""
    names = {line.value: line.targets[0] for line in reversed(lines) if not line.helper}
    calls: dict[Line, Mapping[Expr, Expr]] = {}
    for node in dict.fromkeys(parts_of(values_of(lines))):
        function = _FUNCTION_OF[type(node)](*node.args) if type(node) in _FUNCTION_OF else None
        if function in names:
            value = names[function]
            slope = fresh.name(f"slope_{value}", node)
            calls[Line((value, slope), node.args[0], "", f"{type(function).__name__}_and_slope")] = {
                node: slope,
                function: value,
            }
    return calls


def _cancelled(expr: Expr, pair: tuple[Expr, Expr], known: Mapping[Expr, Expr]) -> Expr:
    """The expression with both of a pair put into each sum that has both, multiplied out where that is shorter."""
    if not all(expr.has(node) for node in pair):
        return expr
    if isinstance(expr, Add) and not any(all(arg.has(node) for node in pair) for arg in expr.args):
        here: Expr = substituted(expr, known)
        apart = here.expand()
        return apart if count_ops(apart) < count_ops(here) else expr
    args = [_cancelled(arg, pair, known) if isinstance(arg, Expr) else arg for arg in expr.args]
    again: Expr = rebuilt(expr, args)
    return again


def _softmaxes(node: Basic, parts: Parts, lines: Sequence[Line], fresh: Fresh) -> Sequence[Line] | None:
    if not isinstance(node, Softmax):
        return None
    logarithm, level = LogSoftmax(*node.args), LogSumExp(*node.args)
    beside = logarithm if logarithm in parts else level
    if beside not in parts:
        return None
    value = _name_of(node, lines) or fresh.numbered("t", node)
    other = _name_of(beside, lines) or fresh.name(f"log_{value}", beside)
    helper = "softmax_and_log" if beside is logarithm else "softmax_and_logsumexp"
    call = Line((value, other), node.args[0], "", helper, node.axis)
    return _with_call(call, {node: value, beside: other}, lines)


def _components(node: Basic, parts: Parts, lines: Sequence[Line], fresh: Fresh) -> Sequence[Line] | None:
    """All components of the softmax of a list of scores are one call."""
    if not isinstance(node, SoftmaxComponent):
        return None
    names = {s: _name_of(s, lines) or _of_component(s, lines, fresh) for s in node.siblings()}
    call = Line(tuple(names.values()), node, "", f"{node.spoken}_of")
    return _with_call(call, dict(names), lines)


def _of_component(node: SoftmaxComponent, lines: Sequence[Line], fresh: Fresh) -> Symbol:
    """A name for a component: log_p for the logarithm of what is called p."""
    calls = (line for line in lines if line.helper and isinstance(line.value, softmax_component))
    if isinstance(node, log_softmax_component):
        for call in calls:
            if call.value.scores == node.scores:
                return fresh.name(f"log_{call.targets[node.index - 1]}", node)
    return fresh.numbered("t", node)


def _name_of(node: Expr, lines: Sequence[Line]) -> Symbol | None:
    return next((line.targets[0] for line in lines if line.value == node and not line.helper), None)


def _with_call(call: Line, known: Mapping[Expr, Expr], lines: Sequence[Line]) -> list[Line]:
    """The lines with a call before the first that needs it, and without those that it makes idle."""
    return _with_calls({call: known}, lines)


def _with_calls(calls: Mapping[Line, Mapping[Expr, Expr]], lines: Sequence[Line]) -> list[Line]:
    """The same for several calls, none of which changes what another is for."""
    return list(_placed(calls, lines)) if calls else list(lines)


def _placed(calls: Mapping[Line, Mapping[Expr, Expr]], lines: Sequence[Line]) -> Iterator[Line]:
    known = {expr: name for names in calls.values() for expr, name in names.items()}
    waiting = {target: call for call in calls for target in call.targets}
    for line in lines:
        value = line.value if line.helper else substituted(line.value, known)
        needed = waiting.keys() & (value.free_symbols | set(line.targets)) if waiting else set()
        for call in [call for call in calls if not needed.isdisjoint(call.targets)] if needed else []:
            yield replace(call, part=line.part)
            waiting = {target: other for target, other in waiting.items() if other is not call}
        if not (len(line.targets) == 1 and line.targets[0] == value):
            yield replace(line, value=value)
