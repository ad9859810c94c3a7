"""The day: ingest, fit, propose, dispatch, measure."""
