"""The signs of formulas, in Unicode and in LaTeX, and what each of them says to the parser."""

from __future__ import annotations

from symbackprop.notation.names import GREEK

SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀ", "0123456789-+T", strict=True))
ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot"}
PRIMES = "'′’"

SIGNS = {
    "−": "-", "–": "-", "﹣": "-", "－": "-", "＋": "+",
    "·": "·", "⋅": "·", "×": "·", "∙": "·", "•": "·",
    "∘": "∘", "⊙": "∘", "○": "∘", "⊘": "⊘", "⊗": "⊗", "÷": "/", "∕": "/", "⁄": "/",
    "≤": "<=", "≥": ">=", "≠": "!=", "∧": "and", "∨": "or",
    "⟨": "⟨", "⟩": "⟩", "‖": "‖", "∥": "‖", "√": "√", "∂": "∂", "∞": "∞", "⊤": "T",
    "（": "(", "）": ")",
}  # fmt: skip
"""What a sign of Unicode is for the parser."""

ASCII_SIGNS = ("**", "<=", ">=", "==", "!=", "||", "&&", *"+-*/@^()[]{}<>=,;:|&")
"""Signs for the parser as they are, the longer ones first."""

COMMANDS = {
    "cdot": "·", "times": "·", "ast": "*", "star": "*", "div": "/", "circ": "∘", "odot": "∘", "oslash": "⊘",
    "otimes": "⊗",
    "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=",
    "lt": "<", "gt": ">", "land": "and", "wedge": "and", "lor": "or", "vee": "or",
    "langle": "⟨", "rangle": "⟩", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "lvert": "|", "rvert": "|",
    "vert": "|", "partial": "∂", "infty": "∞", "top": "T", "intercal": "T", "prime": "'",
    "frac": "frac", "tfrac": "frac", "dfrac": "frac", "sqrt": "√", "lbrace": "{", "rbrace": "}", "{": "{", "}": "}",
    "lbrack": "[", "rbrack": "]", "underbrace": "underbrace", "colon": ":",
}  # fmt: skip
"""What a command of LaTeX is for the parser."""

SKIPPED = frozenset(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle displaystyle textstyle limits "
    "nolimits quad qquad nonumber notag , ; ! : > &".split()
) | {" ", "\n", "(", ")", "[", "]"}
r"""Commands that only move or size what is set; ``\(`` and ``\[`` begin mathematics."""

IN_GROUPS = frozenset("mathrm mathtt mathbf mathit mathsf mathbb mathcal text textit textrm textbf operatorname "
                      "boldsymbol bm mathop".split())  # fmt: skip
"""Commands whose argument is a word."""

ARGUMENT_SKIPPED = frozenset("tag label hspace vspace phantom hphantom color".split())
"""Commands that say nothing of the formula, with their argument."""

GREEK_COMMANDS = {**{name: name for name in GREEK}, "varepsilon": "epsilon", "varphi": "phi", "varsigma": "sigma",
                  "vartheta": "theta", "varrho": "rho", "varpi": "pi", "varkappa": "kappa"}  # fmt: skip
"""The names of Greek letters by the commands that write them."""

HATS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
        "dot": "dot"}  # fmt: skip
"""Commands that put an accent over their argument."""

FUNCTION_COMMANDS = frozenset("exp log ln tanh max min det sinh cosh sin cos tan arcsin arccos arctan Pr".split())

MODULES = frozenset("F cp jax jnp linalg math nn np numpy sb scipy sp special sympy symbackprop tf torch xp".split())
"""What programmers write before the dot of a function."""
