"""The operators' desk under /desk/: it reads what the loop worked out and writes what people decide."""
