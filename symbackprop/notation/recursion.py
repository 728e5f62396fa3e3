"""Recursion over deep expressions: a chain of a thousand layers nests deeper than Python's stack allows."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sympy import Basic

T = TypeVar("T")

_SHALLOW = 25
_FRAMES_PER_LEVEL = 12
_BYTES_PER_LEVEL = 24_000
_LOCK = threading.Lock()
_HERE = threading.local()
"""Whether this thread is one that runs deep work already: it must not wait for itself."""


def depth(expr: Basic) -> int:
    """How many levels deep ``expr`` nests."""
    depths: dict[int, int] = {}
    for node in parts_first(expr):
        depths[id(node)] = 1 + max((depths[id(arg)] for arg in node.args), default=0)
    return depths[id(expr)]


def _args(node: Basic) -> Sequence[Basic]:
    return node.args  # type: ignore[no-any-return]


def parts_first(expr: Basic, parts: Callable[[Basic], Sequence[Basic]] = _args) -> Iterator[Basic]:
    """Every part of ``expr``, each once and after its own parts, ``expr`` itself the last."""
    seen: set[int] = set()
    stack = [expr]
    while stack:
        node = stack[-1]
        waiting = [part for part in parts(node) if id(part) not in seen]
        if waiting:
            stack.extend(waiting)
            continue
        stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node


def subexpressions(*exprs: Basic) -> Iterator[Basic]:
    """Every part of the expressions, each once."""
    seen: set[int] = set()
    stack = list(exprs)
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            stack.extend(node.args)


def has_parts_within(expr: Basic, limit: int) -> bool:
    """Whether ``expr`` written out has at most that many parts; what it shares counts each time."""
    stack = [expr]
    for _ in range(limit):
        if not stack:
            break
        stack.extend(stack.pop().args)
    return not stack


def run_deep(levels: int, work: Callable[[], T]) -> T:
    """Return ``work()``, which may recurse over that many levels of an expression.

    Shallow work runs where it is called. Deep work runs in a thread of its own, which has a larger stack, with
    Python's limit on recursion raised for as long as it runs.
    """
    if levels <= _SHALLOW or getattr(_HERE, "deep", False):
        return work()
    results: list[T] = []
    errors: list[BaseException] = []

    def worker() -> None:
        _HERE.deep = True
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    with _LOCK:
        limit = sys.getrecursionlimit()
        stack = threading.stack_size(min(16_000_000 + levels * _BYTES_PER_LEVEL, 1_000_000_000) // 4096 * 4096)
        sys.setrecursionlimit(max(limit, 1000 + levels * _FRAMES_PER_LEVEL))
        try:
            thread = threading.Thread(target=worker)
            thread.start()
            thread.join()
        finally:
            sys.setrecursionlimit(limit)
            threading.stack_size(stack)
    if errors:
        raise errors[0]
    return results[0]
