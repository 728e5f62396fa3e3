"""The sections of a report, each a function from the desk to blocks."""
