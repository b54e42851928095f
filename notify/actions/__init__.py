"""Actions on messages: queueing, acknowledging, delivering."""

from notify.actions.messages import acknowledge, restate, send_all, settle, shown
from notify.rules.notices import Notice

__all__ = ["Notice", "acknowledge", "restate", "send_all", "settle", "shown"]
