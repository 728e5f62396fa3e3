"""Tables with columns of any names, as people have them, and the way from their columns to a network and back.

A ``Table`` is read from CSV or from a frame of another library (``reading.py``); a ``Preparation`` says which columns
are what (``choices.py``); both make a ``Dataset`` (``dataset.py``), whose ``Encoding`` (``encoding.py``) does to new
data what was done to these, and goes with the weights as JSON. A ``TableModel`` (``model.py``) is a network with its
weights and its encoding.
"""

from symbackprop.training.frames.choices import Preparation
from symbackprop.training.frames.dataset import Dataset, dataset
from symbackprop.training.frames.encoding import Encoding
from symbackprop.training.frames.model import TableModel, read_model
from symbackprop.training.frames.outcome import Outcome
from symbackprop.training.frames.reading import read_table
from symbackprop.training.frames.table import Table

__all__ = [
    "Dataset",
    "Encoding",
    "Outcome",
    "Preparation",
    "Table",
    "TableModel",
    "dataset",
    "read_model",
    "read_table",
]
