"""What rules set in motion: the chase."""

from norms.actions.chase import Chase, Step, chased, chases

__all__ = ["Chase", "Step", "chased", "chases"]
