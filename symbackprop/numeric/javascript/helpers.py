"""The functions that ``Math`` lacks, written from their records, and those that are worked out together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import ROWS
from symbackprop.notation import NameTable
from symbackprop.numeric.javascript.writer import JavaScriptWriter, written
from symbackprop.numeric.kernels import Helper, Target, lacking

TARGET = Target("javascript", "JavaScript", "Math")

_JOINT: Mapping[str, Helper] = {
    "sigmoid_and_slope": Helper(
        """// σ(z) and its derivative.
function sigmoid_and_slope(z) {
  const e = Math.exp(-Math.abs(z));
  return [(z >= 0 ? 1 : e)/(1 + e), e/((1 + e)*(1 + e))];
}"""
    ),
    "tanh_and_slope": Helper(
        """// tanh(z) and its derivative.
function tanh_and_slope(z) {
  return [Math.tanh(z), tanh_slope(z)];
}""",
        needs=("tanh_slope",),
    ),
    "sigmoid_and_tail": Helper(
        """// σ(z) and log(1 + exp(-|z|)).
function sigmoid_and_tail(z) {
  const e = Math.exp(-Math.abs(z));
  return [(z >= 0 ? 1 : e)/(1 + e), Math.log1p(e)];
}"""
    ),
    "log_sum_exp": Helper(
        """// log(exp(z_1) + ...), shifted by the largest.
function log_sum_exp(...scores) {
  const largest = Math.max(...scores);
  return largest + Math.log(scores.reduce((sum, z) => sum + Math.exp(z - largest), 0));
}"""
    ),
    "softmax_of": Helper(
        """// exp(z_j)/(exp(z_1) + ...) for each score, shifted by the largest.
function softmax_of(...scores) {
  const largest = Math.max(...scores);
  const powers = scores.map(z => Math.exp(z - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map(power => power/total);
}"""
    ),
    "log_softmax_of": Helper(
        """// z_j - log(exp(z_1) + ...) for each score, shifted by the largest.
function log_softmax_of(...scores) {
  const level = log_sum_exp(...scores);
  return scores.map(z => z - level);
}""",
        needs=("log_sum_exp",),
    ),
}


def _function(row: Primitive) -> Helper:
    """The function as source, in the steps of its record."""
    steps = row.in_steps
    names = NameTable.of([s.name for s in (*steps.parameters, *steps.steps)])
    writer = JavaScriptWriter(names)
    lines = [f"const {names.code(s.name)} = {written(writer, value)};" for s, value in steps.steps.items()]
    lines.append(f"return {written(writer, steps.value)};")
    head = f"function {row.name}({', '.join(names.code(s.name) for s in steps.parameters)}) {{"
    source = "\n".join([f"// {row.words}", head, *(f"  {line}" for line in lines), "}"])
    return Helper(source, tuple(sorted(writer.called)))


def _helpers() -> Iterator[tuple[str, Helper]]:
    for row in ROWS:
        if TARGET.key in row.own:
            yield row.name, Helper(row.own[TARGET.key])
        elif TARGET.key not in row.native and not row.quick:
            steps = row.stable or row.definition
            yield row.name, _function(row) if steps is not None else lacking(row, TARGET)
    yield from _JOINT.items()


HELPERS: Mapping[str, Helper] = dict(_helpers())
