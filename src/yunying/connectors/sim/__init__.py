"""A simulated store that lives between processes, and the hands that act on it."""
