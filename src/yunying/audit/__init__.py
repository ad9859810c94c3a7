"""Who changed what, when and why: one chained log that every room writes to."""
