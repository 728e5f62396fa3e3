"""How reliable the verdicts are: random networks that are right, faults put into their gradients, and other checkers."""
