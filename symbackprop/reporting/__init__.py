"""Reports: from a derivation to a document, and from a document to Markdown and LaTeX."""

from symbackprop.reporting.blocks import Document
from symbackprop.reporting.document import chosen_sections, document
from symbackprop.reporting.evidence import Batch, Checked, Evidence, Example, FirstStep, MatrixStep, Run, Update
from symbackprop.reporting.extent import Extent
from symbackprop.reporting.latex import latex
from symbackprop.reporting.markdown import markdown

__all__ = [
    "Batch",
    "Checked",
    "Document",
    "Evidence",
    "Example",
    "Extent",
    "FirstStep",
    "MatrixStep",
    "Run",
    "Update",
    "chosen_sections",
    "document",
    "latex",
    "markdown",
]
