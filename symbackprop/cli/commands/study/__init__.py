"""``symbackprop study``: questions to a network, answered in the terminal and, with -o, as a report with figures."""

from symbackprop.cli.commands.study.curve import loss_curve
from symbackprop.cli.commands.study.deep import chain_products, initialisation
from symbackprop.cli.commands.study.group import study
from symbackprop.cli.commands.study.trained import boundary, learning_rates

for command in (learning_rates, initialisation, chain_products, loss_curve, boundary):
    study.add_command(command)

__all__ = ["study"]
