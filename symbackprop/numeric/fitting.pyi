from collections.abc import Sequence
from typing import Any

from symbackprop.network.fitting import Shape

def fitted(values: Sequence[Any], names: Sequence[str], shapes: Sequence[Shape]) -> list[Any]: ...
def as_array(name: str, value: Any) -> Any: ...
