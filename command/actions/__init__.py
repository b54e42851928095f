"""What can be done to incidents and orders. Each function is one transaction; ``by`` is whoever acts."""

from command.actions.answer import acknowledge, answer_for, progress, send_back, verify
from command.actions.call_off import call_off
from command.actions.change_incident import amend_incident, archive, end_incident, review, start_recovery, warn
from command.actions.hand_over import accept_command, decline_command, offer_command
from command.actions.issue_order import issue_order, preview_order
from command.actions.open_incident import open_incident
from command.actions.remind import remind
from command.actions.set_level import set_response_level

__all__ = [
    "accept_command",
    "acknowledge",
    "amend_incident",
    "answer_for",
    "archive",
    "call_off",
    "decline_command",
    "end_incident",
    "issue_order",
    "offer_command",
    "open_incident",
    "preview_order",
    "progress",
    "remind",
    "review",
    "send_back",
    "set_response_level",
    "start_recovery",
    "verify",
    "warn",
]
