"""The hands on a shop of this site."""
