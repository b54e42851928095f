"""What can be done to warnings and feeds. Each function is one transaction; ``by`` is whoever acts."""

from early_warning.actions.answers import accept_question, reject_question
from early_warning.actions.decide import classify, dismiss, reopen
from early_warning.actions.feeds import add_feed, revoke_feed
from early_warning.actions.inbound import Taken, refuse, take_in
from early_warning.actions.receive import Received, receive
from early_warning.actions.take_up import turn_into_incident
from early_warning.actions.unread import attend

__all__ = [
    "Received",
    "Taken",
    "accept_question",
    "add_feed",
    "attend",
    "classify",
    "dismiss",
    "receive",
    "refuse",
    "reject_question",
    "reopen",
    "revoke_feed",
    "take_in",
    "turn_into_incident",
]
