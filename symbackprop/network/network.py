"""A network is its equations: names in order, each with its expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

from sympy import Eq, Expr, MatrixSymbol, Symbol

from symbackprop.errors import DerivationError
from symbackprop.functions.conventions import conventions_of
from symbackprop.matrices import Array, Shape, array_of, shape_of
from symbackprop.matrices.operations.catalogue import conventions_of_operations
from symbackprop.network import checks
from symbackprop.network.described import checked_description, checked_meanings
from symbackprop.network.equations import Equations
from symbackprop.network.expand import expanded
from symbackprop.network.facts import Fact, Stated, facts_of, stated
from symbackprop.network.kinds import Kind, kind_of
from symbackprop.network.notebook import counted, heading
from symbackprop.network.numpy_style import ArrayExpression, function_network
from symbackprop.network.order import levels_of, upstream
from symbackprop.network.pipeline import DESCRIPTION, Draft
from symbackprop.network.sizes import sizes_of
from symbackprop.network.values import Value
from symbackprop.notation import Order
from symbackprop.notation.notebooks import displayed, titled
from symbackprop.notation.order import TypedOrder, with_one_left_out
from symbackprop.packing import Packed
from symbackprop.passes import Ran, run

Given = Mapping[Any, Any] | Sequence[Eq]


@dataclass(frozen=True, init=False, eq=False)
class Network(Packed):
    """Equations of named scalars or matrices, from inputs and parameters to one loss, or to the outputs of a layer.

    Parameters
    ----------
    equations
        A mapping from each name (a SymPy Symbol) to its expression, or a list of ``Eq``. They may stand in any order.
        A tuple of names takes a vector function: ``{(p1, p2): sb.softmax([z1, z2])}``.
    inputs, targets, parameters
        The names whose values come from outside. Parameters are what the loss is differentiated by.
    loss
        The name that is minimised.
    outputs
        In place of a loss, the names that a layer gives: a list, for which adjoints are called ``Y_bar``, or a mapping
        from each to the name of its adjoint. Adjoints are given, and stand behind the targets; gradients are what the
        outputs pass back of them, by inputs and parameters. ``loss`` is then the ⟨Y_bar, Y⟩ of all outputs together.
    name
        What reports and generated code call the network.
    description, meanings
        What it is, in a sentence or two, and what its names and sizes stand for, as ``{"w": "slope"}``, for reports.
    facts
        Equations between inputs and targets that the data are known to obey, such as ``Eq(t1 + t2, 1)`` or
        ``Eq(A.T, A)``; text, as in a file: ``"rowsum(Y) = 1"``; where values lie, those of parameters too, entry by
        entry: ``"0 < p < 1"``; words: ``"S symmetric"``, ``"y in {-1, 1}"``, ``"Y one-hot rows"``.
    values
        Values by name, for first steps: a number, a tuple with one entry an example, or the rows of a matrix.
    typed
        The order in which terms and factors were typed, where equations come from text: SymPy sorts them.

    Raises NetworkError where a name is unbound, defined twice or in a cycle, where two symbols share a name, where the
    loss is missing, where a parameter does not reach it, and where a function is not of the vocabulary. Activations
    inside an expression, such as ``w*sigmoid(h)``, are given equations of their own; ``passes`` tells what was done.
    """

    equations: Mapping[Symbol, Expr]
    to_loss: Mapping[Symbol, Expr]
    """The equations and, of a layer, that of ⟨Y_bar, Y⟩ behind them: all that leads to the loss."""
    inputs: tuple[Symbol, ...]
    targets: tuple[Symbol, ...]
    parameters: tuple[Symbol, ...]
    loss: Symbol
    outputs: Mapping[Symbol, Symbol]
    name: str
    description: str
    meanings: Mapping[str, str]
    facts: tuple[Fact, ...]
    stated: tuple[Stated, ...]
    values: Mapping[str, Value]
    typed: TypedOrder
    passes: tuple[Ran, ...]

    def __init__(
        self,
        equations: Given,
        *,
        inputs: Iterable[Symbol] = (),
        targets: Iterable[Symbol] = (),
        parameters: Iterable[Symbol] = (),
        loss: Symbol | None = None,
        outputs: Iterable[Symbol | str] | Mapping[Any, Any] | None = None,
        name: str = "network",
        description: str = "",
        meanings: Mapping[Any, str] | None = None,
        facts: Iterable[Fact | Stated | str] = (),
        values: Mapping[str, Any] | None = None,
        typed: TypedOrder | None = None,
    ) -> None:
        groups = (("inputs", inputs), ("targets", targets), ("parameters", parameters))
        roles = {role: tuple(map(array_of, group)) for role, group in groups}
        draft = Draft(equations, roles, array_of(loss), outputs, facts, values or {}, typed or {})
        draft, passes = run(DESCRIPTION, draft)
        own = {left: right for left, right in draft.equations.items() if not draft.outputs or left != draft.loss}
        for key, value in (
            ("equations", Equations(own)), ("to_loss", Equations(dict(draft.equations))), ("loss", draft.loss),
            ("name", name), ("description", checked_description(description)), ("stated", draft.stated),
            ("facts", facts_of(draft.stated)),
            ("passes", passes), *draft.roles.items(), *map(draft.frozen, ("outputs", "values", "typed")),
        ):  # fmt: skip
            object.__setattr__(self, key, value)
        meant = checked_meanings(meanings, [*self._by_name, *map(str, self.sizes)])
        object.__setattr__(self, "meanings", meant)

    @classmethod
    def from_function(
        cls,
        function: Callable[..., Any] | None = None,
        /,
        *,
        inputs: Iterable[Any] | str | None = None,
        targets: Iterable[Any] | str | None = None,
        parameters: Iterable[Any] | str | None = None,
        outputs: function_network.Outputs = None,
        name: str | None = None,
        description: str = "",
        meanings: Mapping[Any, str] | None = None,
        facts: Iterable[Fact | str] = (),
        values: Mapping[str, Any] | None = None,
        **shapes: str,
    ) -> Any:
        """Make a network of a plain function of arrays, which returns the loss or outputs; also as a decorator.

        >>> @Network.from_function(X="m × n", t="m × 1", w="n × 1")
        ... def line(X, t, w):
        ...     r = X @ w - t
        ...     return (r**2).mean()

        The function is run once, on arrays that behave as NumPy's do; its local variables become names of equations,
        and loops and functions that it calls are simply run. Shapes are given by keyword or as annotations, as
        ``"m × n"``, ``"4 × 2"`` or ``"scalar"``; an argument with a default and no shape keeps its default. Arguments
        called like X are inputs and like Y or t targets, and all others parameters, unless ``inputs``, ``targets`` and
        ``parameters`` list them or the shape ends with the role, as in ``"m × n, input"``. Names that are bound again
        and again become h_1, h_2, and so on. ``outputs`` names what a layer returns, in order: ``"Y"``, or
        ``{"Y": "G"}`` with the name of the adjoint that is given.

        Raises NetworkError, which names the line of the function, for what a network cannot have, such as a branch on
        a value.
        """
        roles: dict[str, Any] = {"inputs": inputs, "targets": targets, "parameters": parameters}
        said: dict[str, Any] = {"description": description, "meanings": meanings, "facts": facts, "values": values}
        if function is None:
            return partial(cls.from_function, outputs=outputs, name=name, **{**roles, **said, **shapes})
        parts = function_network.parts_of(function, shapes, roles, outputs)
        said |= {"loss": parts.loss, "outputs": parts.outputs, **parts.roles}
        return cls(parts.equations, name=name or parts.name, **said)

    def packed_state(self) -> Mapping[str, Any]:
        """All that the network was made of, for ``pickle``."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def sizes(self) -> Mapping[Symbol, Array]:
        """The symbols in the shapes of inputs, targets and parameters, each with the first array that has it."""
        return MappingProxyType(sizes_of(self.leaves))

    @cached_property
    def kind(self) -> Kind:
        """The kind of its values, which knows all that differs between networks of one kind and of another."""
        return kind_of(self.names)

    @property
    def dialect(self) -> str:
        """How its values are written, in one word: ``"matrix"`` where any of them is a matrix, else ``"scalar"``."""
        return self.kind.word

    def shape(self, name: str | Symbol) -> Shape:
        """The shape of a name: ``()`` for a scalar, ``(rows, columns)`` for a matrix."""
        return shape_of(self.symbol(name))

    def expand(self, sizes: Mapping[Any, Any] | None = None) -> Network:
        """The scalar network of the entries of this one, at sizes that are numbers.

        ``sizes`` has a whole number for every symbol in the shapes, by its name or as the symbol: ``{"m": 2, "n": 3}``.
        Row 2, column 3 of W is called W_2_3; a row or a column has one number, as in b_2, and what has one entry keeps
        its name. Values and facts go over to the entries: values where they have these sizes, and facts where they are
        linear in some entry, so that ``rowsum(X) = 1`` does and ``rowsum(X**2) = 1`` is left out. Entries of parameters
        on which the loss does not depend, such as those beside a diagonal, are inputs. Raises NetworkError.
        """
        entries = expanded(self, sizes or {})
        return self if entries is None else Network(**entries)

    def asked(
        self, wrt: Iterable[Symbol | str] | None = None, facts: Iterable[Fact | Stated | str] = ()
    ) -> tuple[tuple[Symbol, ...], tuple[Stated, ...]]:
        """Read what a derivation is asked for: the names to differentiate by, and all that is known of the data.

        ``wrt`` are one name or several; None stands for all parameters, and the inputs of a layer that reach outputs.
        Raises DerivationError where there is no name, NetworkError where one or a fact cannot be understood.
        """
        if wrt is None:
            names = self.sources
            what = f"{self.name} has no parameters, and nothing else is named to differentiate by"
            fix = "name an input or a value, as in derive(net, wrt=['x']), or --wrt x"
        else:
            several = [wrt] if isinstance(wrt, (str, Symbol, ArrayExpression)) else wrt
            names = tuple(dict.fromkeys(map(self.symbol, several)))
            what, fix = "there is nothing to differentiate by", "give one name at least"
        if not names:
            raise DerivationError("wrt", what, fix)
        return names, stated(facts, self.roles, known=self.stated, computed=self.to_loss)

    @property
    def sources(self) -> tuple[Symbol, ...]:
        """What it is differentiated by where nothing is said: parameters, and of a layer inputs, too."""
        if not self.outputs:
            return self.parameters
        reaching = upstream(self.to_loss, [self.loss])
        return tuple(name for name in (*self.inputs, *self.parameters) if name in reaching)

    @property
    def constants(self) -> tuple[Symbol, ...]:
        """The targets without the adjoints of outputs."""
        return tuple(name for name in self.targets if name not in self.outputs.values())

    def with_equations(self, equations: Mapping[Symbol, Expr], name: str | None = None) -> Network:
        """The same network with other equations for its names, and maybe for more; without values."""
        ends: dict[str, Any] = {"outputs": self.outputs} if self.outputs else {"loss": self.loss}
        return Network(
            equations, inputs=self.inputs, targets=self.constants, parameters=self.parameters, **ends,
            name=self.name if name is None else name, description=self.description, meanings=self.meanings,
            facts=self.stated,
        )  # fmt: skip

    @property
    def roles(self) -> Mapping[str, tuple[Symbol, ...]]:
        """The names whose values come from outside, by what they are for."""
        return {"inputs": self.inputs, "targets": self.targets, "parameters": self.parameters}

    @property
    def leaves(self) -> tuple[Symbol, ...]:
        """The names whose values come from outside: inputs, targets, parameters; adjoints come last."""
        return (*self.inputs, *self.constants, *self.parameters, *self.outputs.values())

    @property
    def names(self) -> tuple[Symbol, ...]:
        """Every name: inputs, targets, parameters, then the equations in order."""
        return (*self.leaves, *self.to_loss)

    def given(self, names: Iterable[Symbol]) -> dict[str, Value]:
        """The values that come with the network, of those of the names that have one."""
        return {name.name: self.values[name.name] for name in names if name.name in self.values}

    @cached_property
    def levels(self) -> Mapping[str, float]:
        """How deep each name stands: inputs and targets at 0, a parameter just below the equation that uses it."""
        return MappingProxyType(levels_of(self.to_loss, self.parameters, self.inputs + self.targets))

    @cached_property
    def conventions(self) -> tuple[str, ...]:
        """What the derivative is taken to be at each kink that the network has."""
        return tuple(
            sorted({*conventions_of(self.equations.values()), *conventions_of_operations(self.equations.values())})
        )

    @cached_property
    def order(self) -> Order:
        """The order in which a person writes the names of this network, for the printers."""
        positions = {name.name: position for position, name in enumerate(self.names, start=1)}
        given = frozenset(adjoint.name for adjoint in self.outputs.values())
        return Order(levels=self.levels, positions=positions, typed=with_one_left_out(self.typed), signals=given)

    def symbol(self, name: str | Symbol | MatrixSymbol) -> Symbol:
        """The symbol of that name. Raises NetworkError where there is none."""
        return checks.lookup(name, self._by_name)

    def written(self, name: str | Symbol) -> Symbol | MatrixSymbol:
        """The name as it is written in equations: a MatrixSymbol where it is a matrix. Raises NetworkError."""
        symbol = self.symbol(name)
        return MatrixSymbol(symbol.name, *symbol.shape) if isinstance(symbol, Array) else symbol

    @cached_property
    def _by_name(self) -> dict[str, Symbol]:
        return {symbol.name: symbol for symbol in self.names}

    def _repr_latex_(self) -> str:
        return displayed([list(self.equations.items())], self.order)

    def _repr_markdown_(self) -> str:
        title = heading(self.name, {**self.roles, "targets": self.constants}, self.outputs, self.loss)
        return titled(title, [list(self.equations.items())], self.order)

    def __repr__(self) -> str:
        return counted(self.name, self.equations, self.roles, self.outputs, self.loss)
