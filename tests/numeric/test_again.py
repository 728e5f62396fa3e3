"""Values that ``again`` trusts: their names are looked at all the same."""

from __future__ import annotations

import numpy as np
import pytest

import symbackprop as sb


@pytest.mark.parametrize("name", ["or-gate", "mlp"])
def test_again_tells_what_is_missing_and_what_is_unknown(name: str) -> None:
    net = sb.load_example(name)
    f = sb.lambdify(sb.derive(net))
    values = {key: np.asarray(value) for key, value in net.values.items()}
    forward, gradients = f.again(values)
    assert set(gradients) == set(f.wrt)
    assert net.loss.name in forward
    first, *_ = f.names
    with pytest.raises(sb.DataError, match=rf"there is no value for {first}; give a value for every name"):
        f.again({key: value for key, value in values.items() if key != first})
    with pytest.raises(
        sb.DataError, match=r"there is a value for strange; known names: |there is a value for strange; did"
    ):
        f.again({**values, "strange": np.ones(1)})
    with pytest.raises(sb.DataError, match="there is a value for strange"):
        f.again({**{key: value for key, value in values.items() if key != first}, "strange": np.ones(1)})
