"""Reading the ledger, for pages and programs: every selector takes the store, so no other store is ever seen."""
