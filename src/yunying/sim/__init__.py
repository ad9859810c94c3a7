"""Simulated stores whose truth is known and can be asked."""
