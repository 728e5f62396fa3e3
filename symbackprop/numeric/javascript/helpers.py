"""The functions that ``Math`` lacks, written from their records, and those that are worked out together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symbackprop.numeric.javascript.writer import JavaScriptWriter
from symbackprop.numeric.kernels import Helper, Target, kernels

TARGET = Target("javascript", "JavaScript", "Math", plain=True)

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


def _function(name: str, parameters: Sequence[str], words: str, steps: Sequence[tuple[str, str]], value: str) -> str:
    """A function as JavaScript has it."""
    head = f"function {name}({', '.join(parameters)}) {{"
    lines = [*(f"const {step} = {text};" for step, text in steps), f"return {value};"]
    return "\n".join([f"// {words}", head, *(f"  {line}" for line in lines), "}"])


HELPERS = kernels(TARGET, JavaScriptWriter, _function) | _JOINT
