"""Reports of the studies; each module writes that of one, and all that it says follows from the numbers."""
