"""Documents as pages: one file each, with everything in it."""

from symbackprop.reporting.page.page import page
from symbackprop.reporting.page.parts import Live, Mark, PageParts, Quantity, Source

__all__ = ["Live", "Mark", "PageParts", "Quantity", "Source", "page"]
