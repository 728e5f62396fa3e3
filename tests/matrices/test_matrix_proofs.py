"""Every rule of matrices has a proof, each line of which is held against numbers, and which ends in the rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from operations import POSITIVE, SIZES, A, B, C, V, k, m, n, nodes_of_operation
from proved import WORDS, Numbers, along, chains, cofactors, hold, is_small, name, word
from sympy import Expr, Integer, Symbol
from typeset_values import Value, read_pairs, read_side

from symbackprop.matrices import Array, Broadcast, Inverse, Operation, Product, Sum, SumAll, Transposed, shape_of
from symbackprop.matrices.adjoints import ADJOINTS, Adjoint, adjoint_of
from symbackprop.matrices.operations.blocks import Block, Embedded
from symbackprop.matrices.operations.catalogue import USAGES
from symbackprop.matrices.operations.kronecker import BlockInner, BlockSum, Kronecker
from symbackprop.matrices.operations.largest import Extreme, ExtremeOfAll
from symbackprop.matrices.operations.matrix_power import BetweenPowers, OfExponent
from symbackprop.matrices.operations.record import Usage
from symbackprop.matrices.operations.stacked import Stacked
from symbackprop.matrices.sums import Along
from symbackprop.notation.typeset import Letters, Node, Scripts, read_typeset
from symbackprop.numeric.evaluate import evaluate
from symbackprop.proof_lines import Shown
from symbackprop.reporting.blocks import Maths, Raw
from symbackprop.reporting.maths_in_words import with_mathematics
from symbackprop.reporting.sections.matrices.rules import COPIED, ENTRY_BY_ENTRY

SMALL = [(1, 1, 1), (1, 2, 2), (2, 1, 3), (3, 2, 1), (2, 3, 2)]
GRAMMAR: Mapping[type[Operation], list[Operation]] = {
    Product: [Product(A, C, Array("D", (k, m)))],
    Transposed: [Transposed(A)],
    Sum: [Sum(A, 0), Sum(A, 1)],
    SumAll: [SumAll(A)],
    Broadcast: [Broadcast(Array("b", (1, n)), m, n), Broadcast(V, n, k), Broadcast(Symbol("c"), m, n)],
}
CASES = [(row, node) for row in ADJOINTS for node in (GRAMMAR.get(row.operation) or nodes_of_operation(row.operation))]
EACH = pytest.mark.parametrize(("row", "node"), CASES, ids=[f"{node}" for _, node in CASES])


def sized(expr: Expr, count: tuple[int, int, int]) -> int:
    return int(expr.xreplace(dict(zip((m, n, k), map(Integer, count), strict=True))))


def letter_of(row: Adjoint, place: int) -> Letters:
    """The letter of an operand in the table."""
    return name("a" if "(a)" in row.forward else "ABC"[place])


def drawn(node: Operation, count: tuple[int, int, int], random: np.random.Generator) -> list[Any]:
    """A value for each operand: positive definite where it must be, tall where its columns are independent."""
    values = []
    for place, operand in enumerate(node.operands):
        shape = tuple(sized(size, count) for size in shape_of(operand))
        value = random.normal(size=shape)
        if node.spoken in POSITIVE and place == 0:
            value = value @ value.T + np.eye(len(value))
        values.append(value if shape else float(value))
    return values


def by_record(usage: Usage) -> Callable[..., Any]:
    """What a word means by its record, for words that nothing here says the meaning of."""

    def value(*operands: Any) -> Any:
        given = [(f"X{place}_", np.asarray(operand)) for place, operand in enumerate(operands)]
        arrays = [(Array(text, operand.shape), operand.shape) for text, operand in given]
        return evaluate(usage.build(*arrays)[0], dict(given))

    return value


WORDS_OF_RECORDS = {
    usage.word: by_record(usage) for usage in USAGES.values() if not usage.sizes and not usage.axis
}  # fmt: skip


def world_of(row: Adjoint, node: Operation, count: tuple[int, int, int], seed: int) -> Numbers:
    """The letters of a proof where its operation is applied to drawn matrices."""
    random = np.random.default_rng(seed)
    values = {letter_of(row, place): value for place, value in enumerate(drawn(node, count, random))}
    moves = {letter: random.normal(size=np.shape(value)) for letter, value in values.items()}
    if node.spoken in POSITIVE:
        letter = letter_of(row, 0)
        moves[letter] = moves[letter] + moves[letter].T  # such matrices stay symmetric
    known = {size.name: float(number) for size, number in zip((m, n, k), count, strict=True)}

    def result(operands: Mapping[Node, Any]) -> Any:
        given = {str(operand): operands[letter_of(row, i)] for i, operand in enumerate(node.operands)}
        return evaluate(node, {**known, **given})

    shape = np.shape(result(values))
    adjoint = random.normal(size=shape) if shape else float(random.normal())
    derived: dict[Node, Value] = {
        name(row.forward[0]): lambda scope: result(scope.values),
        name("G"): lambda scope: adjoint,
        name("g"): lambda scope: adjoint,
    }
    words = {**WORDS, **along(node.axis if isinstance(node, Along) else None)}
    derived |= special_letters(node, values, adjoint, count)
    words |= special_words(node, values, count, result)
    written = {word(text): function for text, function in {**WORDS_OF_RECORDS, **words}.items()}
    return Numbers(values, moves, derived, written, blocks_of(node, values, shape))


def special_letters(
    node: Operation, values: Mapping[Node, Any], adjoint: Any, count: tuple[int, int, int]
) -> dict[Node, Value]:
    """Letters that proofs of some operations have beside."""
    first = next(iter(values))
    if node.spoken in ("det", "logdet"):
        return {name("C"): lambda scope: cofactors(scope.values[first])}
    if node.spoken == "trace":
        return {name("I"): lambda scope: np.eye(len(values[first]))}
    if isinstance(node, OfExponent):
        return {name("k"): lambda scope: sized(node.args[-1], count)}
    if isinstance(node, (Extreme, ExtremeOfAll)):
        return {name("k"): lambda scope: int(np.argmax(node.sign * values[first]))}
    if isinstance(node, Stacked):
        size = values[first].shape[node.axis]
        parts = np.split(adjoint, [size], axis=node.axis)
        return {
            Scripts(name("G"), letter): lambda scope, part=part: part
            for letter, part in zip(values, parts, strict=True)
        }  # fmt: skip
    return {}


def special_words(
    node: Operation, values: Mapping[Node, Any], count: tuple[int, int, int], result: Callable[..., Any]
) -> dict[str, Callable[..., Any]]:
    """Words whose settings the table leaves out."""
    first = next(iter(values))
    shape = np.shape(values[first])

    def put(x: Any, top: int, left: int, whole: tuple[int, ...]) -> Any:
        found = np.zeros(whole, dtype=np.asarray(x).dtype)
        found[top : top + x.shape[0], left : left + x.shape[1]] = x
        return found

    if isinstance(node, Block):
        top, bottom, left, right = (sized(size, count) for size in node.args[1:])
        return {"block": lambda x: x[top:bottom, left:right], "embedded": lambda x: put(x, top, left, shape)}
    if isinstance(node, Embedded):
        top, left, rows, columns = (sized(size, count) for size in node.args[1:])
        return {
            "embedded": lambda x: put(x, top, left, (rows, columns)),
            "block": lambda x: x[top : top + shape[0], left : left + shape[1]],
        }  # fmt: skip
    if isinstance(node, (Sum, SumAll)):
        return {"broadcast": lambda x: np.broadcast_to(x, shape)}
    if isinstance(node, Broadcast):
        copied = tuple(axis for axis, size in enumerate(shape) if size == 1)
        whole = tuple(sized(size, count) for size in node.args[1:])
        if shape:
            copied = tuple(axis for axis in copied if whole[axis] != 1)
            return {"sum": lambda x: x.sum(axis=copied, keepdims=True)}
    return {}


def blocks_of(node: Operation, values: Mapping[Node, Any], shape: tuple[int, ...]) -> tuple[int, int] | None:
    """Rows and columns of the blocks that places in brackets name."""
    if isinstance(node, (Kronecker, BlockInner)):
        rows, columns = values[name("B")].shape
    elif isinstance(node, (BlockSum, BetweenPowers)):
        rows, columns = shape
    else:
        return None
    return rows, columns


def counts_of(node: Operation) -> list[tuple[int, int, int]]:
    """Sizes for which the lines of a proof are about one row or column, where they are."""
    if isinstance(node, Along):
        return [(1, size, 1) if node.axis else (size, 1, 1) for size in (1, 2, 4)]
    if isinstance(node, Broadcast) and shape_of(node.args[0]):
        return [(size, 1, size) for size in (1, 2, 4)]
    return SMALL


@pytest.mark.parametrize("row", ADJOINTS, ids=lambda row: row.operation.__name__)
def test_a_rule_has_a_proof(row: Adjoint) -> None:
    assert row.proof, f"{row.operation.__name__} has no proof; give its adjoint one"
    assert len(row.proof) <= 8
    assert row.proof[0].left
    for line in row.proof:
        assert line.why, line
        assert "operatorname" not in line.left + line.right  # GitHub does not set it


@EACH
def test_each_line_of_a_proof_is_true(row: Adjoint, node: Operation) -> None:
    """For matrices of several sizes, 1 among them; a line with a condition at some places at least."""
    held = [0] * len(row.proof)
    for seed, count in enumerate(counts_of(node)):
        for line, times in enumerate(hold(row.proof, world_of(row, node, count, seed))):
            held[line] += times
    assert min(held) > 0, (row.proof[held.index(0)], held)


@EACH
@pytest.mark.parametrize("count", SMALL, ids=str)
def test_a_proof_ends_in_its_rule(row: Adjoint, node: Operation, count: tuple[int, int, int]) -> None:
    """What stands beside each change in the last line is what the rule passes back, and all of it."""
    world = world_of(row, node, count, seed=sum(count))
    if not isinstance(node, (Along, Broadcast)):
        hold(row.proof, world)  # names what the proof names
    scope = world.start()
    found = read_pairs(row.proof[-1].right, world, scope)
    told = set(re.findall(r"\b(\w) gets", row.backward)) | ({"B"} if isinstance(node, Stacked) else set())
    assert sorted(letter.text for _, letter in found) == sorted(told)
    values = {str(operand): scope.values[letter_of(row, i)] for i, operand in enumerate(node.operands)}
    values |= {size.name: float(number) for size, number in zip((m, n, k), count, strict=True)}
    shape = shape_of(node)
    upstream, value = (Array(text, shape) if shape else Symbol(text) for text in ("G_", "Y_"))
    values |= {"G_": world.letter(name("G"), scope), "Y_": world.letter(name(row.forward[0]), scope)}
    for beside, letter in found:
        i = next(i for i in range(len(node.operands)) if letter_of(row, i) == letter)
        passed = evaluate(row.passes(node, i, upstream, value), values)
        whole = np.broadcast_to(passed, np.shape(values[str(node.operands[i])]))
        assert is_small(np.broadcast_to(beside(scope), whole.shape), whole), (row.proof[-1].right, node)


@EACH
def test_the_last_line_is_about_the_whole_change(row: Adjoint, node: Operation) -> None:
    """Where the letters of the last line alone move, its left side is ⟨G, dY⟩."""
    for seed, count in enumerate(counts_of(node)):
        world = world_of(row, node, count, seed)
        hold(row.proof, world)
        scope = world.start()
        *_, (left, right) = chains(row.proof)
        moving = {letter for _, letter in read_pairs(right, world, scope)}
        world.moves = {letter: move * (letter in moving) for letter, move in world.moves.items()}
        change = world.change(lambda here, w=world, r=row: w.letter(name(r.forward[0]), here), scope)
        assert is_small(read_side(left, world, scope).value(scope), np.sum(world.letter(name("G"), scope) * change))


@pytest.mark.parametrize("row", ADJOINTS, ids=lambda row: row.operation.__name__)
def test_the_words_of_a_proof_can_be_set(row: Adjoint) -> None:
    for line in row.proof:
        for piece in with_mathematics(line.why):
            if isinstance(piece, Maths):
                assert isinstance(piece.content, Raw)
                read_typeset(piece.content.latex)


# What works entry by entry


def entry_world(axis: int | str | None, count: tuple[int, int], seed: int) -> Numbers:
    """Matrices A and B of one shape, c a number, f a function, and b a row, a column or a scalar."""
    random = np.random.default_rng(seed)
    shape = () if axis is None else ((1, count[1]), (count[0], 1))[axis]
    values: dict[Node, Any] = {name("A"): random.normal(size=count), name("B"): random.normal(size=count) + 3}
    values[name("b")] = random.normal(size=shape) if shape else 0.7
    moves = {letter: random.normal(size=np.shape(value)) for letter, value in values.items()}
    adjoint = random.normal(size=count)
    derived: dict[Node, Value] = {name("G"): lambda scope: adjoint, name("c"): lambda scope: -1.3}
    words: dict[Node, Callable[..., Any]] = {
        word(text): function for text, function in {**WORDS, **along(None)}.items()
    }
    words[name("f")] = lambda x: np.sin(x) ** 2 + x**3
    return Numbers(values, moves, derived, words)


MADE: Mapping[str, Callable[[Numbers, Any], Any]] = {
    "A + B": lambda world, v: v[name("A")] + v[name("B")],
    "c·A": lambda world, v: -1.3 * v[name("A")],
    "A∘B": lambda world, v: v[name("A")] * v[name("B")],
    "f(A)": lambda world, v: world.words[name("f")](v[name("A")]),
    "A⊘B": lambda world, v: v[name("A")] / v[name("B")],
    "repeats b": lambda world, v: np.zeros(world.letter(name("G"), world.start()).shape) + v[name("b")],
}
BY_ENTRY = [
    *((forward, backward, proof, None) for forward, backward, _, proof in ENTRY_BY_ENTRY),
    *((forward, backward, proof, axis) for axis, forward, backward, _, proof in COPIED),
]


@pytest.mark.parametrize("count", [(1, 1), (1, 3), (3, 1), (2, 3)], ids=str)
@pytest.mark.parametrize(("forward", "backward", "proof", "axis"), BY_ENTRY, ids=[row[0] for row in BY_ENTRY])
def test_rules_of_entries_are_proved(
    forward: str, backward: str, proof: Any, axis: int | None, count: tuple[int, int]
) -> None:
    world = entry_world(axis, count, seed=sum(count))
    made = MADE[re.sub(r"^Y (= )?|,.*| in every .*", "", forward)]
    world.derived = {**world.derived, name("Y"): lambda scope: made(world, scope.values)}
    assert min(hold(proof, world)) > 0
    scope = world.start()
    *_, (left, right) = chains(proof)
    pairs = read_pairs(right, world, scope)
    assert {letter.text for _, letter in pairs} >= set(re.findall(r"\b(\w) gets", backward))
    assert is_small(
        read_side(left, world, scope).value(scope),
        np.sum(world.letter(name("G"), scope) * world.change(lambda here: world.letter(name("Y"), here), scope)),
    )
    for line in proof:
        assert line.why


# The tests themselves


INVERSE = Inverse(Array("Q", (n, n)))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\langle G,\,\mathrm{d}Y\rangle", r"\langle G\,A,\,\mathrm{d}A\rangle"),
        (r"\mathrm{d}Y", r"-Y\,\mathrm{d}A"),
        (r"\mathrm{d}Y_{ij}", r"\mathrm{d}A_{ij}\quad(i\ne j)"),
    ],
)
def test_a_false_line_is_found(left: str, right: str) -> None:
    with pytest.raises(AssertionError, match="is "):
        hold((Shown(right, left),), world_of(adjoint_of(INVERSE), INVERSE, (1, 2, 1), 0))


@pytest.mark.parametrize(
    "right", [r"\mathrm{unheard}(A)", "Q", r"\mathrm{d}A^{2}", r"A\quad i", "A)", r"\langle A\rangle"]
)
def test_a_line_that_is_not_understood_is_refused(right: str) -> None:
    with pytest.raises(ValueError, match=re.escape(right)):
        hold((Shown(right, r"\mathrm{d}Y"),), world_of(adjoint_of(INVERSE), INVERSE, (1, 2, 1), 0))


def test_sizes_of_all_usages_are_tried() -> None:
    assert SIZES.keys() <= {node.spoken for _, node in CASES}
    assert {row.operation for row, _ in CASES} == {row.operation for row in ADJOINTS}
    assert B not in {A, C}
