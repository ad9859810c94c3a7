"""Who: companies, brands, stores, teams, and what each person may do where."""
