"""What the board shows, composed from the selectors of the apps below; each screen costs a fixed number of queries."""

from board.selectors.frame import Stats, frame_for

__all__ = ["Stats", "frame_for"]
