"""Functions that people know and the vocabulary does not have, and how to have them all the same."""

from __future__ import annotations

DEFINITIONS = {
    "sinh": "(exp(z) - exp(-z))/2",
    "cosh": "(exp(z) + exp(-z))/2",
    "coth": "1/tanh(z)",
    "sech": "2/(exp(z) + exp(-z))",
    "csch": "2/(exp(z) - exp(-z))",
    "asinh": "log(z + sqrt(z**2 + 1))",
    "acosh": "log(z + sqrt(z**2 - 1))",
    "atanh": "log((1 + z)/(1 - z))/2",
    "logit": "log(z/(1 - z))",
    "log1p": "log(1 + z)",
    "log2": "log(z)/log(2)",
    "log10": "log(z)/log(10)",
    "expm1": "exp(z) - 1",
    "exp2": "2**z",
    "square": "z**2",
    "reciprocal": "1/z",
    "softsign": "z/(1 + abs(z))",
    "mish": "z*tanh(softplus(z))",
    "erf": "2*normal_cdf(sqrt(2)*z) - 1",
    "relu6": "min(6, relu(z))",
    "hardtanh": "max(-1, min(1, z))",
    "tanhshrink": "z - tanh(z)",
}
"""By formulas in the vocabulary."""
OTHERWISE = {
    "ln": "log",
    "swish": "silu",
    "heaviside": "step",
    "Heaviside": "step",
    "logistic": "sigmoid",
    "expit": "sigmoid",
}
"""By another name there."""
NEVER = frozenset(
    "sin cos tan cot sec csc asin acos atan atan2 arcsin arccos arctan gamma digamma floor ceil round".split()
)
"""Without a formula there."""


def instead_of(word: str, in_text: bool) -> str:
    """What to write in place of a function, ``in_text`` in a file and else in Python; nothing where none is known."""
    if word in OTHERWISE:
        return f"write {OTHERWISE[word]}(z), which is the same"
    if word in NEVER:
        return "it cannot be made of the functions that are known"
    if word not in DEFINITIONS:
        return ""
    formula = DEFINITIONS[word]
    if in_text:
        return f'define it, in a file under [functions]: "{word}(z)" = "{formula}"'
    return f"define it: sb.function('{word}', lambda z: {formula}), with the functions of symbackprop"
