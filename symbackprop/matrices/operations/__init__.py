"""The operations on matrices, one file each: all that is known of it, as a record; catalogue.py finds the files."""
