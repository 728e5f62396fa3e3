"""The functions of a loop, written and made when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symbackprop.calculus import Derivation
from symbackprop.numeric.compiled import compiled, is_kept
from symbackprop.numeric.loops.source import loop_source
from symbackprop.numeric.loops.update import UpdateRule
from symbackprop.numeric.loops.variant import Form, LoopSource
from symbackprop.numeric.rendering import run


@dataclass(frozen=True)
class Running:
    """A form of the loop that can be called: with ``arguments``, in that order."""

    call: Callable[..., None]
    arguments: tuple[str, ...]


class Functions:
    """The forms of the loop of one network and one rule."""

    def __init__(self, derivation: Derivation, rule: UpdateRule) -> None:
        self.derivation, self.rule = derivation, rule
        self._sources: dict[Form, LoopSource] = {}
        self._made: dict[tuple[Form, bool], Running] = {}

    def source(self, form: Form) -> LoopSource:
        """The text of a form."""
        if form not in self._sources:
            self._sources[form] = loop_source(self.derivation, self.rule, form)
        return self._sources[form]

    def in_python(self, form: Form) -> Running:
        """The form as Python runs it."""
        return self._running(form, False)

    def by_numba(self, form: Form) -> Running:
        """The form compiled."""
        return self._running(form, True)

    def is_kept(self, form: Form) -> bool:
        """Whether the compiled form is in the cache, or was made already."""
        return (form, True) in self._made or is_kept(self.source(form).text)

    def _running(self, form: Form, fast: bool) -> Running:
        if (form, fast) not in self._made:
            source = self.source(form)
            if fast:
                module = compiled(source.text, ["run"], source.helpers)
            else:
                module = {"__name__": "symbackprop_loop"}
                run(source.text, module)
            self._made[form, fast] = Running(module["run"], source.arguments)
        return self._made[form, fast]
