"""Reading the ledger for pages and programs: every selector takes the store, so nothing of another store is ever seen."""
