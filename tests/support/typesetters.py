"""KaTeX and MathJax, which set formulas in notebooks, on GitHub and on other pages: what they refuse to set."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from conftest import FILES

TOOLS = ("node", "katex", "mathjax")
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>[^`\n]*)\n(?P<inside>.*?)^(?P=fence)`*$", re.DOTALL | re.MULTILINE)
WRITTEN = re.compile(
    r"\$`(?P<inline>.*?)`\$|`[^`\n]+`|\$\$(?P<block>.*?)\$\$|(?<!\\)\$(?P<dollars>[^`$\s][^$]*)\$", re.DOTALL
)
"""Mathematics in a line as GitHub has it, and in a block or in a line as notebooks have it; but not what is code."""

# Neither is forgiving: KaTeX takes no Unicode and nothing else that LaTeX would not, and MathJax has what the American
# Mathematical Society's packages have and no more, where pages would show an unknown command in red.
_READ_ALL = r"""
async function readAll(katexFile, mathjaxFile) {
  const katex = require(katexFile), MathJax = require(mathjaxFile);
  const formulas = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  const tex = {packages: ['base', 'ams'], formatError: (jax, error) => { throw error; }};
  const load = ['input/tex-base', '[tex]/ams', 'adaptors/liteDOM'];
  await MathJax.init({loader: {load}, tex, startup: {typeset: false}});
  const programs = {
    KaTeX: (text, display) => katex.renderToString(text, {throwOnError: true, strict: 'error', displayMode: display}),
    MathJax: async (text, display) => {
      const set = await MathJax.tex2mmlPromise(text, {display});
      if (set.includes('<merror')) throw new Error(set);
    },
  };
  const refused = [];
  for (const [text, display] of formulas)
    for (const [program, read] of Object.entries(programs))
      try {
        await read(text, display);
      } catch (error) {
        refused.push([text, display, `${program}: ${error.message}`]);
      }
  console.log(JSON.stringify(refused));
}
readAll(...process.argv.slice(1));
"""


@dataclass(frozen=True)
class Formula:
    """Mathematics as it is written, in a line or as a block of its own."""

    text: str
    display: bool = False


def formulas_in(markdown: str) -> Iterator[Formula]:
    """The mathematics of a text in Markdown, fences of ``math`` included, but not what a listing has."""
    for found in FENCE.finditer(markdown):
        if found["language"] == "math":
            yield Formula(_line(found["inside"]), True)
    for found in WRITTEN.finditer(FENCE.sub("", markdown)):
        if found.lastgroup:
            yield Formula(_line(found[found.lastgroup]), found.lastgroup == "block")


def _line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def refused(written: dict[str, list[Formula]]) -> list[str]:
    """What KaTeX or MathJax do not set, of formulas by the place where they stand: place, formula and reason."""
    places = {formula: place for place, formulas in written.items() for formula in formulas}
    done = subprocess.run(
        ["node", "-e", _READ_ALL, str(FILES["katex"]), str(FILES["mathjax"])],
        input=json.dumps([[formula.text, formula.display] for formula in places]),
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [
        f"{places[Formula(text, display)]}: {text}\n  {reason}" for text, display, reason in json.loads(done.stdout)
    ]
