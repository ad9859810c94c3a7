"""The ledger: every human intervention in a running product, from proposal to measured effect and credit."""
