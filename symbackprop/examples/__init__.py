"""The networks that ship with symbackprop, as TOML files; symbackprop.network.spec reads them."""
