"""Documents as pages: one file each, with everything in it."""

from symbackprop.reporting.page.page import page
from symbackprop.reporting.page.parts import Asked, Known, Live, Mark, PageParts, Practice, Quantity, Source

__all__ = ["Asked", "Known", "Live", "Mark", "PageParts", "Practice", "Quantity", "Source", "page"]
