"""Makes the font of pages: the signs of formulas, out of a mathematics font, with its table of how they are set."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

PLACE = Path(__file__).resolve().parents[2] / "symbackprop" / "reporting" / "page" / "font"
NAME = "Symbackprop Math"
SIGNS = (
    *range(0x20, 0x7F),
    *range(0x391, 0x3CA), 0x3D1, 0x3D5, 0x3F5,  # Greek
    *range(0x1D434, 0x1D468), 0x210E,  # italic letters, whose h is Planck's
    *range(0x1D6E2, 0x1D71C),  # italic Greek
    *map(ord, "\u00a0¬±·×÷¯ˆ˜˙^~′″‴…⋯⋮⋱ℓ∂∇∆∞∅"),
    *map(ord, "∑∏∫−∓∗∘⊘⊗⊙⊕⋅√∈∉∣∥≤≥≠≈≡≔→←↦⇒⟨⟩‖|⌊⌋⌈⌉⏟⏞𝒩𝖳"),
    *map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"),  # powers of ten in numbers, which the script writes as text
    0x302, 0x303, 0x304, 0x305, 0x307, 0x20D7,
)  # fmt: skip


def main(source: Path) -> None:
    """Write the font and its licence from the folder of the package that has the whole font."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["math", "ssty", "dtls", "flac", "kern"]
    options.name_IDs = [0, 13, 14]  # copyright and licence
    options.notdef_outline = True
    options.hinting = False
    options.glyph_names = False
    options.drop_tables += ["DSIG", "BASE"]
    font = TTFont(source / "files" / "stix-two-math-latin-400-normal.woff2", recalcTimestamp=False)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=SIGNS)
    chosen.subset(font)
    names = font["name"]
    for number, text in {1: NAME, 2: "Regular", 4: NAME, 6: NAME.replace(" ", "")}.items():
        names.setName(text, number, 3, 1, 0x409)
    font.flavor = "woff2"
    PLACE.mkdir(parents=True, exist_ok=True)
    target = PLACE / "symbackprop-math.woff2"
    font.save(target)
    shutil.copyfile(source / "LICENSE", PLACE / "OFL.txt")
    print(f"{target.name}: {target.stat().st_size:,} bytes, {len(font.getGlyphOrder()):,} glyphs")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
