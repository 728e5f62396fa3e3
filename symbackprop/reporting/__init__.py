"""Reports: from a derivation to a document, and from a document to Markdown and LaTeX."""

from symbackprop.reporting.blocks import Document
from symbackprop.reporting.document import document
from symbackprop.reporting.evidence import Checked, Evidence, FirstStep, Run
from symbackprop.reporting.latex import latex
from symbackprop.reporting.markdown import markdown

__all__ = ["Checked", "Document", "Evidence", "FirstStep", "Run", "document", "latex", "markdown"]
