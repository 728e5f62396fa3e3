"""What a run comes to: targets, tables, plots."""
