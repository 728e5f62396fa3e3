"""Practice: an exercise sheet of a network, its key, and the marking of answers.

sheets.py      the object, which is asked for everything
values.py      the numbers of a sheet: the network's own, or drawn by drawing.py; worked with in figures.py
parts.py       what is asked at each level: alike.py tells what goes alike, asking.py asks it
documents.py   the sheet and the key
claims.py      what an answer claims, for the judge
answers.py     the file of answers; marking.py marks one
marked_page.py what a page needs to mark answers itself
"""

from symbackprop.publish.practice.answers import is_submission, read_submission
from symbackprop.publish.practice.exercise import Exercise
from symbackprop.publish.practice.marking import Mark, Marking
from symbackprop.publish.practice.sheets import Worksheet, worksheet

__all__ = ["Exercise", "Mark", "Marking", "Worksheet", "is_submission", "read_submission", "worksheet"]
