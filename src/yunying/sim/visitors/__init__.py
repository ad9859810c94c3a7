"""Simulated shoppers who use a shop by HTTP as a person without JavaScript would; they know its pages only."""
