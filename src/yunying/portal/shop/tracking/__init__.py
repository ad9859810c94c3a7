"""First-party tracking: what visitors see and do, as facts, with their consent or without any identifier."""
