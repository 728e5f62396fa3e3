"""What an array library makes of matrices for an operation of the user's, against the shape that the user declared.

The function below also goes into generated modules that call a library for such an operation, word for word.
"""

from typing import Any


def declared(name: str, found: Any, rows: int, columns: int) -> Any:
    """Give what was made for the operation of that name; raise a ValueError where it has not the shape declared."""
    shape = tuple(getattr(found, "shape", ()))
    if shape != (rows, columns):
        raise ValueError(
            f"{name} is declared to give shape ({rows}, {columns}), and its NumPy function gave {shape}; "
            "correct the sizes of its result, or the name of the function"
        )
    return found
