"""How reliable the verdicts are: random networks, faults put into their gradients, and other checkers."""
