"""The reference: every public name from its docstring, and every command from its options."""

from website.reference.commands import command_pages
from website.reference.names import name_pages

__all__ = ["command_pages", "name_pages"]
