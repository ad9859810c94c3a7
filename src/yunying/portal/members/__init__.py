"""A member's own pages: the profile, what he wrote, keeps and was told, all that is held on him, and its erasure."""
