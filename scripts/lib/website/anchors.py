"""The anchors of headings, as GitHub makes them, so that links between documents work on both."""

from __future__ import annotations

import re


def github_anchor(heading: str, separator: str = "-") -> str:
    """The anchor of a heading: small letters, no punctuation, a hyphen for each blank."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", separator)
