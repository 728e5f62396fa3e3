"""One formula as it is written: its syntax tree, and messages that quote the piece they are about."""

from __future__ import annotations

import ast
from typing import Any, NoReturn, Protocol

from symbackprop.errors import SpecError
from symbackprop.functions.loss import Loss
from symbackprop.network.formulas.limits import MAX_EXTREMA
from symbackprop.network.formulas.names import quote
from symbackprop.network.formulas.scanner import Scanner
from symbackprop.network.formulas.table import Known


class Quoted(Protocol):
    """A formula whose nodes, of whatever kind, can be quoted in messages."""

    def piece(self, node: Any) -> str:
        """The text of a node as messages show it."""

    def fail(self, code: str, what: str, fix: str) -> NoReturn:
        """Refuse the formula."""

    def fail_large(self, node: Any) -> NoReturn:
        """Refuse a node whose numbers grow beyond bounds."""


class Source:
    """A formula whose words have been checked. Every failure names the piece, and the equation that it stands in."""

    def __init__(self, text: str, where: str, matrices: bool = False) -> None:
        self.where = where
        self.text = Scanner(text, where, matrices).normal_text()
        self._bytes = self.text.encode()  # the tree counts columns in bytes

    def tree(self) -> ast.expr:
        """Python's syntax tree. Raises RecursionError where it is too deep."""
        try:
            return ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError) as error:
            if "nested" in str(error) or "recursion" in str(error):
                raise RecursionError from None
            self.fail("syntax", f"{quote(self.text)} cannot be read as a formula", "check its brackets and commas")

    def names(self) -> tuple[str, ...]:
        """The names in the formula that are not called as functions, each once."""
        nodes = list(ast.walk(self.tree()))
        called = {node.func for node in nodes if isinstance(node, ast.Call)}
        names = (node for node in nodes if isinstance(node, ast.Name) and node not in called)
        return tuple(dict.fromkeys(name.id for name in names))

    def segment(self, node: ast.expr) -> str:
        """The text of a node."""
        return self._bytes[node.col_offset : node.end_col_offset].decode()

    def piece(self, node: ast.expr) -> str:
        """The text of a node as messages show it."""
        return quote(self.segment(node))

    def check_count(self, name: str, known: Known | Loss, args: list[ast.expr], node: ast.expr) -> None:
        """Refuse a function that is given too many arguments or too few."""
        if known.least <= len(args) <= known.most:
            return
        takes = str(known.least) if known.least == known.most else f"{known.least} or {known.most}"
        if known.most == MAX_EXTREMA:
            takes = f"{known.least} to {known.most}"
        self.fail(
            "arguments",
            f"{self.piece(node)} gives {name} {counted(len(args), 'argument')}",
            f"it takes {takes}: write {known.usage}",
        )

    def fail_large(self, node: ast.expr) -> NoReturn:
        """Refuse a node whose numbers grow beyond bounds."""
        self.fail("too-large", f"the numbers in {self.piece(node)} grow too long", "use smaller ones")

    def fail(self, code: str, what: str, fix: str) -> NoReturn:
        """Refuse the formula."""
        raise SpecError(code, what, fix, where=self.where)


def counted(number: int, noun: str) -> str:
    """A number and what is counted, in one or in many."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
