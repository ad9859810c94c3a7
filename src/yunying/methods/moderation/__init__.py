"""Which texts to hold back: a classifier that learns from people's decisions, and what it sees a text as."""
