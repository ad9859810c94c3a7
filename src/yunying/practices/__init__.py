"""The jobs: one folder per discipline. Each reads facts, uses methods, and returns proposals."""
