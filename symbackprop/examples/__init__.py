"""The networks that ship with the package, as spec files."""
