"""A safe prime of a claim's own: told by the claim, and known to nobody before it."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterable
from functools import lru_cache

from sympy import Basic, isprime, primerange

SMALL = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31)
"""The odd primes that are squares in the field, and 2 with them: roots of small numbers exist."""


def seed_of(exprs: Iterable[Basic]) -> int:
    """A number that depends on every part of these expressions, and on nothing else. Shared parts are read once."""
    digest = hashlib.sha256()
    numbers: dict[Basic, int] = {}
    for expr in exprs:
        stack = [expr]
        while stack:
            node = stack[-1]
            if node in numbers:
                stack.pop()
                continue
            missing = [arg for arg in node.args if arg not in numbers]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            parts = [str(numbers[arg]) for arg in node.args] or [str(node)]
            digest.update(f"{type(node).__name__}({' '.join(parts)});".encode())
            numbers[node] = len(numbers)
        digest.update(f"={numbers[expr]}\n".encode())
    return int.from_bytes(digest.digest(), "big")


SIEVED = 20
"""From how many bits on a prime is no smaller one itself."""
_SMALLER = math.prod(primerange(2_000))


@lru_cache(maxsize=1_000)
def safe_prime(seed: int, bits: int = 62) -> int:
    """A prime p = 2q + 1 of so many bits, with q prime, p ≡ 7 mod 8, and all primes to 31 among its squares."""
    rng = random.Random(seed)
    modulus, residue = 8, 7
    for small in SMALL:
        chosen = rng.choice([r for r in range(2, small) if _is_square(small, r)])
        step = (chosen - residue) * pow(modulus, -1, small) % small
        residue += modulus * step
        modulus *= small
    least = (1 << bits - 1) // modulus
    while True:
        p = residue + modulus * rng.randrange(least, 2 * least)
        if bits > SIEVED and math.gcd(p * (p // 2), _SMALLER) != 1:
            continue
        if isprime(p) and isprime(p // 2):
            return p


def _is_square(small: int, residue: int) -> bool:
    """Whether ``small`` is a square modulo p ≡ residue, where p ≡ 3 mod 4, by quadratic reciprocity."""
    p_in_small = pow(residue, (small - 1) // 2, small) == 1
    return p_in_small if small % 4 == 1 else not p_in_small
