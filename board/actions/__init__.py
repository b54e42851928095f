"""Actions on access: wall screens, one's own password, platforms, and the end of a demonstration."""

from board.actions.access import change_own_password, revoke_platform
from board.actions.brief import edit_brief
from board.actions.demonstration import begin_demonstration, end_demonstration
from board.actions.devices import add_device, revoke_device

__all__ = [
    "add_device",
    "begin_demonstration",
    "change_own_password",
    "edit_brief",
    "end_demonstration",
    "revoke_device",
    "revoke_platform",
]
