"""What changes who gets in: wall screens, one's own password, platforms, and the end of a demonstration."""

from board.actions.access import change_own_password, revoke_platform
from board.actions.demonstration import begin_demonstration, end_demonstration
from board.actions.devices import PREFIX, add_device, revoke_device, username_of

__all__ = [
    "PREFIX",
    "add_device",
    "begin_demonstration",
    "change_own_password",
    "end_demonstration",
    "revoke_device",
    "revoke_platform",
    "username_of",
]
