"""The same services over HTTP for programs: tokens, limits, idempotency keys; a request only writes rows."""
