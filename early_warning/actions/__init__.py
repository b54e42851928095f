"""What can be done to warnings and feeds. Each function is one transaction; ``by`` is whoever acts."""

from early_warning.actions.decide import dismiss, reopen
from early_warning.actions.feeds import add_feed, revoke_feed
from early_warning.actions.receive import Received, receive
from early_warning.actions.take_up import turn_into_incident

__all__ = ["Received", "add_feed", "dismiss", "receive", "reopen", "revoke_feed", "turn_into_incident"]
