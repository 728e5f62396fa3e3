"""Numbers as people write them in formulas."""

from __future__ import annotations

import math


def shown(value: float, digits: int) -> str:
    r"""A number in LaTeX with so many digits: 0.0721571, -4.5, 1.2\times 10^{-9}."""
    text = f"{value:.{digits}g}"
    if not math.isfinite(value):
        return {"inf": r"\infty", "-inf": r"-\infty"}.get(text, r"\mathrm{NaN}")
    if "e" not in text:
        return "0" if text == "-0" else text
    mantissa, exponent = text.split("e")
    power = rf"10^{{{int(exponent)}}}"
    sign = {"1": "", "-1": "-"}.get(mantissa)
    return rf"{mantissa}\times {power}" if sign is None else f"{sign}{power}"
