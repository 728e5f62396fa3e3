"""Reports: from a derivation to a document, and from a document to Markdown and LaTeX."""

from symbackprop.reporting.blocks import Document
from symbackprop.reporting.document import document
from symbackprop.reporting.evidence import Batch, Checked, Evidence, Example, FirstStep, MatrixStep, Run, Update
from symbackprop.reporting.latex import latex
from symbackprop.reporting.markdown import markdown

__all__ = [
    "Batch",
    "Checked",
    "Document",
    "Evidence",
    "Example",
    "FirstStep",
    "MatrixStep",
    "Run",
    "Update",
    "document",
    "latex",
    "markdown",
]
