"""The one user model, and the map from members to random keys."""
