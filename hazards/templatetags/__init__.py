"""Template tags of hazards."""
