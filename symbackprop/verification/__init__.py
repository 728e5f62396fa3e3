"""Proof by numbers: derived gradients against numeric ones, and formulas of the user's against derived ones."""

from symbackprop.verification.check import CheckReport, CheckRow, check
from symbackprop.verification.differentiated import ResultReport, ResultRow
from symbackprop.verification.enclose import Enclosure, enclose
from symbackprop.verification.verify import Verification, verify

__all__ = [
    "CheckReport",
    "CheckRow",
    "Enclosure",
    "ResultReport",
    "ResultRow",
    "Verification",
    "check",
    "enclose",
    "verify",
]
