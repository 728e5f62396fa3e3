"""What generated modules raise, as errors of this package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from symbackprop.errors import DataError, DerivationError, missing_extra
from symbackprop.numeric.rendering import FILE


@contextmanager
def importing() -> Iterator[None]:
    """Raise SymbackpropError, with the line that installs it, where generated source imports what is absent."""
    try:
        yield
    except ImportError as error:
        what = str(error).partition(":")[0]
        raise missing_extra(what, "scipy", "special") from None


def data_error(error: Exception) -> DataError:
    """What is said of bad numbers, ``what; fix``, as an error."""
    what, _, fix = str(error).partition("; ")
    return DataError(
        "fact" if type(error).__name__ == "FactError" else "shape",
        what,
        fix or "give numbers, or flat arrays of one length",
    )


def underived(error: Exception) -> DerivationError:
    """What is said of a gradient that is asked for and was not derived, as an error."""
    what, _, fix = str(error).partition("; ")
    return DerivationError("underived", what, fix)


@contextmanager
def told() -> Iterator[None]:
    """Raise DataError or DerivationError for what generated source raises of itself; other errors stay as they are."""
    try:
        yield
    except (TypeError, ValueError, LookupError) as error:
        if not is_ours(error):
            raise
        raise underived(error) if type(error) is LookupError else data_error(error) from None


def is_ours(error: Exception) -> bool:
    """Whether generated source raised the error, and not the library that it calls."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and place.tb_frame.f_code.co_filename == FILE
