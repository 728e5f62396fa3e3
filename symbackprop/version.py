"""The version of symbackprop, and how to install it with what some of its parts need."""

__version__ = "0.1.0"


def install_line(extra: str) -> str:
    """The command that installs an extra, for people who have the repository: no index of packages has it yet.

    README.md says the same once. Nothing else does, so that a release has these two places to change.
    """
    return f'pip install ".[{extra}]"'


def install_advice(extra: str) -> str:
    """What a message says to do where an extra is absent."""
    return f"install it, in a clone of symbackprop: {install_line(extra)}"
