"""What rules set in motion: the chase."""

from norms.actions.chase import CHASES, Chase, Step, chased

__all__ = ["CHASES", "Chase", "Step", "chased"]
