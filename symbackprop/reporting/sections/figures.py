"""The figures: what their captions say, and where the routes of a gradient are drawn."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symbackprop.drawings import routes
from symbackprop.drawings.graph import through_of
from symbackprop.reporting.alike import standing_out
from symbackprop.reporting.blocks import Figure, Inlines, Maths
from symbackprop.reporting.writing import Desk

ROUTES = "routes-"
MOST_ON_ROUTES = 14
"""Names on the routes of a gradient that are drawn where it is worked."""


def network_caption(desk: Desk) -> Inlines:
    """What the picture of the network shows."""
    network = desk.derivation.network
    what = "The layer, from inputs to outputs" if network.outputs else "The network, from inputs to loss"
    if network.kind.one_number:
        return (f"{what}. Weights stand on the lines; biases and targets stand below the units that have them.",)
    return (f"{what}, with what is done in each box and the shape of what comes out.",)


def graph_caption(desk: Desk) -> Inlines:
    """What the graph with its numbers shows."""
    network = desk.derivation.network
    dashed = "what is dashed carries no gradient back"
    if not network.kind.has_routes:
        return (f"The graph: above each box the norm of its value, below it the norm of its gradient; {dashed}.",)
    many = " of the first example" if desk.examples > 1 else ""
    double: Inlines = ()
    if (name := standing_out(desk.derivation)) is not None:
        w = network.symbol(name)
        one = desk.derivation.path_count(w) == 1
        double = (" The route of " if one else " The routes of ", Maths(w), " is" if one else " are", " drawn double.")
    return (
        f"The graph with the numbers{many}: above each node its value, below it its gradient, on the lines the local "
        f"derivatives; {dashed}.",
        *double,
    )


def routes_figure(desk: Desk, w: Symbol) -> Iterator[Figure]:
    """The routes from a name to the loss, where they are few enough to be followed.

    Lone routes look alike, so that the first of them is drawn and no other.
    """
    count = desk.derivation.path_count(w)
    drawn = any(key.startswith(ROUTES) for key in desk.pictures)
    if len(through_of(desk.derivation, w.name)) > MOST_ON_ROUTES or (drawn and count == 1):
        return
    if count == 1:
        caption: Inlines = ("The route from ", Maths(w), " to ", Maths(desk.loss), "; multiply the local derivatives.")
    else:
        caption = (
            "The routes from ", Maths(w), " to ", Maths(desk.loss),
            "; multiply the local derivatives along each, and add.",
        )  # fmt: skip
    yield from desk.figure(f"{ROUTES}{w.name}", caption, routes(desk.derivation, w.name))


def lone_route(desk: Desk, w: Symbol) -> Iterator[Figure]:
    """The one route of a name to the loss, where it is worked; nothing in a hand-out, which has no room for it."""
    if not desk.extent.handout and desk.derivation.path_count(w) == 1 and is_long(desk, w):
        yield from routes_figure(desk, w)


def is_long(desk: Desk, w: Symbol) -> bool:
    """Whether a route has more than one link, so that there is something to multiply."""
    return any(user != desk.loss for user in desk.derivation.graph.users.get(w, ()))


def training_figures(desk: Desk) -> Iterator[Figure]:
    """The loss by epoch, and what else of a training is drawn."""
    sizes = "layer by layer" if desk.derivation.network.kind.one_number else "one curve for each parameter"
    yield from desk.figure("loss", ("The loss, epoch by epoch.",))
    yield from desk.figure("sizes", (f"The size of the gradients, epoch by epoch, {sizes}.",))
    yield from desk.figure("boundary", ("The output after training over the plane of the two inputs.",))
    surface = "The loss over two parameters, the others as training left them, and the way that these two went."
    yield from desk.figure("surface", (surface,))
