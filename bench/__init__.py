"""Benches: speed beside a peer in one run, decisions beside the rule they replace. Never part of the tests."""
