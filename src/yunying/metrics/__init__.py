"""The dictionary: each metric defined once, over facts."""
