"""Functions that people know and the vocabulary does not have, and how to have them all the same."""

from __future__ import annotations

from symbackprop.functions.catalogue import VOCABULARY

DEFINITIONS = {
    "coth": "1/tanh(z)",
    "sech": "2/(exp(z) + exp(-z))",
    "csch": "2/(exp(z) - exp(-z))",
    "cot": "1/tan(z)",
    "sec": "1/cos(z)",
    "csc": "1/sin(z)",
    "logit": "log(z/(1 - z))",
    "log2": "log(z)/log(2)",
    "log10": "log(z)/log(10)",
    "exp2": "2**z",
    "hardtanh": "max(-1, min(1, z))",
    "tanhshrink": "z - tanh(z)",
}
"""By formulas in the vocabulary."""
OTHERWISE = {word: row.name for row in VOCABULARY for word in (*row.aliases, row.cls.__name__) if word != row.name} | {
    "Heaviside": "step"
}
"""By another name there."""
NEVER = frozenset("gamma floor ceil round".split())
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
