"""Simulated shoppers who use a shop by HTTP as a person without JavaScript would; they know nothing of it but its pages."""
