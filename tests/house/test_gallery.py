"""The page of the gallery lists every report and every study, each with a sentence."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

from gallery import gallery  # noqa: E402

REPORTS = ROOT / "reports"
PAGE = (REPORTS / "README.md").read_text(encoding="utf-8")


def test_it_is_what_the_descriptions_give() -> None:
    assert gallery(REPORTS) == PAGE, "scripts/make_reports writes it"


def test_every_report_is_in_it_with_a_sentence() -> None:
    entries = dict(re.findall(r"^- \[.+?\]\((.+?)\): (.+\.)$", PAGE, re.MULTILINE))
    pages = {path.relative_to(REPORTS).as_posix() for path in (*REPORTS.glob("*.md"), *REPORTS.glob("studies/*.md"))}
    assert entries.keys() == pages - {"README.md"}
    assert all(len(sentence) > 20 for sentence in entries.values())


def test_a_drawing_beside_a_report_is_shown(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    shutil.copy(REPORTS / "xor.md", tmp_path)
    assert "![" not in gallery(tmp_path)
    (tmp_path / "xor-network.svg").write_text("<svg/>", encoding="utf-8")
    assert "\n\n    ![The network, drawn](xor-network.svg)\n" in gallery(tmp_path)
