"""Measures how reliable the verdicts are, prints the table, and keeps it in docs/reliability.md where it is told to."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import platform
import sys
from collections import Counter
from pathlib import Path

import symbackprop as sb
from reliability.measured import Measured, measure
from reliability.rivals import RIVALS, installed

DOCUMENT = Path("docs/reliability.md")
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"
VERDICTS = ("proved", "undecided", "wrong")


def main() -> int:
    """Run as asked; 1 where a network that is right is called wrong, or a fault proved."""
    parser = argparse.ArgumentParser(prog="scripts/reliability", description=__doc__)
    parser.add_argument("--networks", type=int, default=500, help="how many networks that are right (500)")
    parser.add_argument("--faults", type=int, default=600, help="how many faults (600)")
    parser.add_argument("--seed", type=int, default=0, help="what all are drawn from (0)")
    parser.add_argument("--quick", action="store_true", help="50 networks and 54 faults")
    parser.add_argument("--keep", action="store_true", help=f"write the table to {DOCUMENT}")
    asked = parser.parse_args()
    if asked.quick:
        asked.networks, asked.faults = 50, 54
    if min(asked.networks, asked.faults, asked.seed) < 0:
        parser.error("give numbers from 0")
    found = measure(asked.networks, asked.faults, asked.seed, lambda text: print(text, file=sys.stderr, flush=True))
    text = report(found, asked.networks, asked.faults, asked.seed)
    print(text)
    if asked.keep:
        document = DOCUMENT.read_text(encoding="utf-8")
        before, rest = document.split(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")
    unsound = found.right["wrong"] + sum(row["proved"] for row in found.faults.values())
    return 1 if unsound else 0


def report(found: Measured, networks: int, faults: int, seed: int) -> str:
    """The tables, with what they were measured with."""
    lines = [f"{networks} networks that are right, {faults} faults, seed {seed}; {_versions()}.", ""]
    if networks:
        right = ", ".join(f"{found.right[verdict]} {verdict}" for verdict in VERDICTS)
        lines += [f"Of the networks that are right: {right}.", ""]
    if found.faults:
        others = list(installed())
        lines += ["| fault | number | wrong | undecided | proved | " + "".join(f"{name} | " for name in others).strip()]
        lines += ["| :-- |" + " --: |" * (4 + len(others))]
        whole: Counter[str] = sum(found.faults.values(), Counter())
        for kind, row in [*found.faults.items(), ("all", whole)]:
            numbers = [row["all"], row["wrong"], row["undecided"], row["proved"], *(row[name] for name in others)]
            lines.append(f"| {kind} | " + " | ".join(map(str, numbers)) + " |")
        lines += [""]
        missing = [name for name in RIVALS if name not in others]
        if missing:
            lines += [f"Left out, as not installed: {', '.join(missing)}.", ""]
    return "\n".join(lines)


def _versions() -> str:
    names = ["sympy", "mpmath", *(module for name, (module, _) in RIVALS.items() if name in installed())]
    said = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    day = datetime.datetime.now(tz=datetime.UTC).date()
    return f"{day}, symbackprop {sb.__version__}, Python {platform.python_version()}, {said}"


if __name__ == "__main__":
    sys.exit(main())
