"""softmax and log_softmax over a list of names: one component an equation; and log Σ exp(z) of a list."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import Any, ClassVar, final

from sympy import Expr, Function, Integer, exp, log

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix, entry_by_entry, is_matrix
from symbackprop.functions.base import Primitive
from symbackprop.proof_lines import Shown


class SoftmaxComponent(Function):  # type: ignore[misc]  # SymPy's Function is untyped
    """One component of a vector function of z_1 … z_n: args are its number (from 1) and all the z's."""

    spoken: ClassVar[str]
    proof: ClassVar[tuple[Shown, ...]]
    """Of both derivatives, by its own score and by another: p_j is the softmax of z_j."""

    @property
    def index(self) -> int:
        """The number of the component, counted from 1."""
        return int(self.args[0])

    @property
    def scores(self) -> tuple[Expr, ...]:
        """All the arguments z_1 … z_n."""
        return tuple(self.args[1:])

    def sibling(self, index: int) -> SoftmaxComponent:
        """The component of another number over the same scores."""
        return type(self)(Integer(index), *self.scores)

    def siblings(self) -> tuple[SoftmaxComponent, ...]:
        """All components over the same scores, in order."""
        return tuple(self.sibling(k) for k in range(1, len(self.scores) + 1))

    def _sympystr(self, printer: Any) -> str:
        scores = [printer._print(z) for z in self.scores]
        return f"{self.spoken}({scores[self.index - 1]}, [{', '.join(scores)}])"

    def _eval_evalf(self, prec: int) -> Expr:
        return self.definition()._eval_evalf(prec)

    @abstractmethod
    def definition(self) -> Expr:
        """The component in elementary terms."""


@final
class softmax_component(SoftmaxComponent):
    """exp(z_j)/(exp(z_1) + … + exp(z_n))."""

    spoken = "softmax"
    proof = (
        Shown(r"\frac{e^{z_{j}}}{\sum_{k}e^{z_{k}}}", "p_{j}", "the definition"),
        Shown(
            r"\frac{e^{z_{j}}\sum_{k}e^{z_{k}}-e^{z_{j}}\,e^{z_{j}}}{\Bigl(\sum_{k}e^{z_{k}}\Bigr)^2}",
            r"\frac{\partial p_{j}}{\partial z_{j}}",
            "the quotient rule: above and below the line the same term moves",
        ),
        Shown("p_{j}-p_{j}^{2}", why="divided term by term, by the definition"),
        Shown(r"p_{j}\,(1-p_{j})", why="the common factor in front"),
        Shown(
            r"-\frac{e^{z_{j}}\,e^{z_{i}}}{\Bigl(\sum_{k}e^{z_{k}}\Bigr)^2}\quad(i\ne j)",
            r"\frac{\partial p_{j}}{\partial z_{i}}",
            "what is above the line does not move, and one term below it does",
        ),
        Shown(r"-p_{j}\,p_{i}\quad(i\ne j)", why="by the definition"),
    )

    def definition(self) -> Expr:
        return exp(self.scores[self.index - 1]) / sum(exp(z) for z in self.scores)

    def fdiff(self, argindex: int = 1) -> Expr:
        # The first argument of the class is the component's number, so score k is argument k + 1.
        k = argindex - 1
        return self * (1 - self) if k == self.index else -self * self.sibling(k)


@final
class log_softmax_component(SoftmaxComponent):
    """z_j - log(exp(z_1) + … + exp(z_n))."""

    spoken = "log_softmax"
    proof = (
        Shown(r"z_{j}-\log\Bigl(\sum_{k}e^{z_{k}}\Bigr)", r"\log(p_{j})", "the logarithm of a quotient"),
        Shown(
            "1-p_{j}",
            r"\frac{\partial \log(p_{j})}{\partial z_{j}}",
            "both terms move; the derivative of the second is one power of e over the sum of all, which is a softmax",
        ),
        Shown(r"-p_{i}\quad(i\ne j)", r"\frac{\partial \log(p_{j})}{\partial z_{i}}", "the second alone moves"),
    )

    def definition(self) -> Expr:
        return self.scores[self.index - 1] - log(sum(exp(z) for z in self.scores))

    def fdiff(self, argindex: int = 1) -> Expr:
        k = argindex - 1
        probability = exp(self.sibling(k))
        return 1 - probability if k == self.index else -probability


class log_sum_exp(Function):  # type: ignore[misc]
    """log(exp(z_1) + … + exp(z_n)), of which the numeric code makes what would overflow."""

    @property
    def scores(self) -> tuple[Expr, ...]:
        """All the arguments z_1 … z_n."""
        return tuple(self.args)

    def _eval_evalf(self, prec: int) -> Expr:
        return log(sum(exp(z) for z in self.args))._eval_evalf(prec)

    def fdiff(self, argindex: int = 1) -> Expr:
        return exp(self.args[argindex - 1] - self)


LOG_SUM_EXP = Primitive(
    log_sum_exp,
    "log_sum_exp",
    derivatives=(),
    proof=(
        Shown(
            r"\frac{e^{z_{i}}}{\sum_{k}e^{z_{k}}}",
            r"\frac{\partial y}{\partial z_{i}}",
            "it is the logarithm of this sum, in which one term holds the score",
        ),
        Shown(r"e^{z_{i}-y}", why="the sum is exp(y)"),
    ),
)
"""Of any number of arguments: its rule is in the calculus."""


def _components(cls: type[SoftmaxComponent], scores: tuple[Any, ...]) -> Any:
    if len(scores) == 2 and isinstance(scores[1], (list, tuple)):
        one, among = scores[0], tuple(scores[1])
        if among.count(one) != 1:
            raise ValueError(f"{cls.spoken}(z, [z, …]): the first score stands in the list exactly once")
        return _components(cls, among)[among.index(one)]
    if len(scores) == 1 and isinstance(scores[0], (list, tuple)):
        scores = tuple(scores[0])
    if len(scores) < 2:
        raise ValueError(f"{cls.spoken} takes a list of two scores or more")
    return tuple(entry_by_entry(partial(cls, Integer(k)), scores) for k in range(1, len(scores) + 1))


def softmax(*scores: Any, axis: Any = None) -> Any:
    """The softmax of a list of scores: a tuple with one expression a score, exp(z_j)/Σ exp(z_k).

    ``softmax(z1, [z1, z2])`` is the component of z1 alone. ``softmax(Z, axis=1)`` is that of each row of a matrix,
    ``axis=0`` of each column.
    """
    return _softmax(softmax_component, scores, axis)


def log_softmax(*scores: Any, axis: Any = None) -> Any:
    """The logarithm of the softmax of a list of scores: a tuple with one expression a score, z_j - log Σ exp(z_k).

    ``log_softmax(z1, [z1, z2])`` is the component of z1 alone. ``log_softmax(Z, axis=1)`` is that of each row of a
    matrix, ``axis=0`` of each column.
    """
    return _softmax(log_softmax_component, scores, axis)


def _softmax(cls: type[SoftmaxComponent], scores: tuple[Any, ...], axis: Any) -> Any:
    if not (len(scores) == 1 and is_matrix(scores[0])):
        return _components(cls, scores)
    if axis is None:
        raise NetworkError(
            "axis",
            f"{cls.spoken}({scores[0]!s:.60}) of a matrix has no axis",
            "say axis=1 for each row or axis=0 for each column",
        )
    return AppliedMatrix(cls.spoken, scores, (axis,), scores[0].shape)
