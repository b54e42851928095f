"""What rules set in motion: the chase; and the numbers that they rest on."""

from norms.actions.chase import CHASES, TOLD, Chase, Step, chased
from norms.actions.set_number import set_number

__all__ = ["CHASES", "TOLD", "Chase", "Step", "chased", "set_number"]
