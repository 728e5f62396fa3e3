"""The commands, one file a group; heavy rooms are opened inside them."""
