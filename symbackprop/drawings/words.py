"""What is to be seen in a picture, in sentences, for those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symbackprop.calculus import Derivation
from symbackprop.drawings.choosing import Chosen


def count(number: int, noun: str) -> str:
    """A number of things: 1 input, 2 inputs."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Words with commas, and the last after "and"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def ends_of(derivation: Derivation) -> str:
    """To what a network leads: the loss E, or the outputs of a layer."""
    network = derivation.network
    if not network.outputs:
        return f"the loss {network.loss}"
    return f"the output{'s' if len(network.outputs) > 1 else ''} {listed([s.name for s in network.outputs])}"


def graph_words(derivation: Derivation, plan: Chosen, with_numbers: bool, route: str | None) -> str:
    """What is to be seen in a computational graph."""
    network = derivation.network
    target = "constant" if network.outputs else "target"
    families = ((network.inputs, "input"), (network.constants, target), (network.parameters, "parameter"))
    first = listed([count(len(names), noun) for names, noun in families if names])
    through = f"through {count(len(network.equations), 'equation')} to {ends_of(derivation)}"
    sentences = [f"A graph from left to right: from {first} {through}."]
    if with_numbers:
        sentences.append("The value of each node stands above it and its gradient below it.")
    if route is not None:
        routes = derivation.path_count(route) if network.kind.has_routes else 0
        what = f"{count(routes, 'route')} from {route}" if routes else f"The ways from {route}"
        sentences.append(f"{what} to {ends_of(derivation)} {'is' if routes == 1 else 'are'} drawn double.")
    if plan.left_out:
        sentences.append(f"Dots stand for {count(sum(plan.left_out.values()), 'node')} that are left out.")
    return " ".join(sentences)


def network_words(derivation: Derivation, left_out: Mapping[str, int]) -> str:
    """What is to be seen in the picture of a network."""
    network = derivation.network
    sentence = (
        f"From left to right: {count(len(network.inputs), 'input')}, {count(len(network.equations), 'equation')} and"
        f" {count(len(network.parameters), 'parameter')}, up to {ends_of(derivation)}."
    )
    if left_out:
        sentence += f" Dots stand for {count(sum(left_out.values()), 'node')} that are left out."
    return sentence
