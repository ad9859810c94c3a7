"""The hands: one folder per outside system."""
