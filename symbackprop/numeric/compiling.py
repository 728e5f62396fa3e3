"""``lambdify``, of whatever has lines that compute: a derivation, a Jacobian, a Hessian or a product with one."""

from __future__ import annotations

from typing import overload

from symbackprop.calculus import Derivation
from symbackprop.numeric.emitters import lambdify as gradient_function
from symbackprop.numeric.gradient_function import GradientFunction
from symbackprop.numeric.predicting import predictor
from symbackprop.numeric.predictor import Predictor
from symbackprop.tangents import Differentiated


@overload
def lambdify(
    derivation: Derivation, *, backend: str = "numpy", check_facts: bool = True, stable: bool = True
) -> GradientFunction: ...
@overload
def lambdify(
    derivation: Differentiated, *, backend: str = "numpy", check_facts: bool = True, stable: bool = True
) -> Predictor: ...
def lambdify(
    derivation: Derivation | Differentiated, *, backend: str = "numpy", check_facts: bool = True, stable: bool = True
) -> GradientFunction | Predictor:
    """Compile a derivation: one pass forward, one backward, every gradient.

    ``backend`` is "numpy", "torch", "jax", or "array-api" for any library that keeps to the Array API. The lines that
    run are the derived ones everywhere; no library differentiates anything. Values are held to the facts of the
    derivation, as the gradients are right for no other, unless ``check_facts`` is False.

    Where the equations would overflow, or lose their digits far from zero, they are computed in another form, which is
    not what is printed: log(1 + exp(z)) is z at z = 800. With ``stable=False`` they are computed as they are written.

    A Jacobian, a Hessian or a product with one becomes a function of the values that it needs, directions among them,
    which gives the result, or a dictionary of several; nothing is added up over examples, and facts are not looked at.

    Raises DerivationError where a value of the network is called as an option is, ``reduction`` or ``check_facts``,
    where there is no such backend, and where a Jacobian or a Hessian is always the same, and SymbackpropError where the
    library of the backend is absent.
    """
    if not isinstance(derivation, Differentiated):
        return gradient_function(derivation, backend=backend, check_facts=check_facts, stable=stable)
    names = [name.name for name in derivation.results]
    return predictor(derivation.lines, names if len(names) > 1 else names[0], backend=backend, stable=stable)
