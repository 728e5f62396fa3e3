"""Drawings and plots of networks, derivations and training: one description of each picture, written as SVG and TikZ.

network, graph, walk, plots ──► picture.py ──► svg.py, tikz.py
"""

from symbackprop.drawings.graph import Numbers, graph, routes
from symbackprop.drawings.network import network
from symbackprop.drawings.picture import Picture
from symbackprop.drawings.svg import svg
from symbackprop.drawings.tikz import tikz
from symbackprop.drawings.walk import walk

__all__ = ["Numbers", "Picture", "graph", "network", "routes", "svg", "tikz", "walk"]
