"""What can be done to incidents and orders. Each function is one transaction; ``by`` is whoever acts."""

from command.actions.answer import acknowledge, answer_for, progress, send_back, verify
from command.actions.call_off import call_off
from command.actions.change_incident import (
    amend_incident,
    archive,
    end_incident,
    reopen,
    review,
    start_recovery,
    warn,
)
from command.actions.end_response import say_condition
from command.actions.five_stops import draft_five_stops, lift_five_stops
from command.actions.hand_over import accept_command, decline_command, offer_command
from command.actions.issue_order import issue_order, preview_order
from command.actions.ladder import set_ladder
from command.actions.open_incident import open_incident
from command.actions.order_by_rule import order_by_rule
from command.actions.propose import accept_proposal, lapse, propose, refuse_proposal
from command.actions.reassign import reassign
from command.actions.remind import remind
from command.actions.respond import approve_response, change_level, preview_level, start_level, stop_response
from command.actions.set_level import set_response_level

__all__ = [
    "accept_command",
    "accept_proposal",
    "acknowledge",
    "amend_incident",
    "answer_for",
    "approve_response",
    "archive",
    "call_off",
    "change_level",
    "decline_command",
    "draft_five_stops",
    "end_incident",
    "issue_order",
    "lapse",
    "lift_five_stops",
    "offer_command",
    "open_incident",
    "order_by_rule",
    "preview_level",
    "preview_order",
    "progress",
    "propose",
    "reassign",
    "refuse_proposal",
    "remind",
    "reopen",
    "review",
    "say_condition",
    "send_back",
    "set_ladder",
    "set_response_level",
    "start_level",
    "start_recovery",
    "stop_response",
    "verify",
    "warn",
]
