"""State tables of incidents, orders, assignments, responses and proposals (docs/domain.md 2, 5 and 7)."""

from __future__ import annotations

from command.cards import (
    assignment_card,
    incident_card,
    order_card,
    proposal_card,
    response_card,
    task_card,
)
from command.models import Assignment, Incident, Order, Proposal, Response, Task
from journal.rules.subjects import subject_kinds
from journal.states import machine

subject_kinds(
    incident="command.Incident",
    order="command.Order",
    assignment="command.Assignment",
    response="command.Response",
    task="command.Task",
    proposal="command.Proposal",
    ladder="command.Ladder",
    command_offer="command.Incident",
    cut_off="command.CutOff",
)

I = Incident.Status
O = Order.Status
A = Assignment.Status
R = Response.Status
T = Task.Status
P = Proposal.Status

INCIDENT = machine(
    kind="incident",
    initial=I.MONITORED,
    moves={
        (I.MONITORED, I.WARNED): "incident.warned",
        (I.RESPONDING, I.WARNED): "incident.lowered_to_warning",
        (I.ENDED, I.WARNED): "incident.warning_resumed",
        (I.MONITORED, I.RESPONDING): "incident.response_started",
        (I.WARNED, I.RESPONDING): "incident.response_started",
        (I.MONITORED, I.ENDED): "incident.ended",
        (I.WARNED, I.ENDED): "incident.ended",
        (I.RESPONDING, I.ENDED): "incident.ended",
        (I.RESPONDING, I.MONITORED): "incident.response_stopped",
        (I.WARNED, I.MONITORED): "incident.response_stopped",
        (I.ENDED, I.RESPONDING): "incident.response_resumed",
        (I.ENDED, I.RECOVERING): "incident.recovery_started",
        **{(s, I.MONITORED): "incident.reopened" for s in (I.ENDED, I.RECOVERING, I.REVIEWED)},
        (I.RECOVERING, I.REVIEWED): "incident.reviewed",
        (I.ENDED, I.REVIEWED): "incident.reviewed",
        (I.REVIEWED, I.ARCHIVED): "incident.archived",
    },
    card=incident_card,
    path=lambda incident: incident.unit.path,
    root=lambda incident: f"incident:{incident.pk}",
)

ORDER = machine(
    kind="order",
    initial=O.IN_FORCE,
    moves={(O.IN_FORCE, O.CALLED_OFF): "order.called_off"},
    card=lambda order: order_card(order, order.assignment_count, order.vacancy_count),
    path=lambda order: order.unit.path,
    root=lambda order: f"incident:{order.incident_id}" if order.incident_id else "",
)

ASSIGNMENT = machine(
    kind="assignment",
    initial=A.CALLED,
    moves={
        (A.CALLED, A.RECEIVED): "assignment.acknowledged",
        (A.RECEIVED, A.PASSED_ON): "assignment.passed_on",
        (A.RECEIVED, A.IN_PLACE): "assignment.in_place",
        (A.RECEIVED, A.DONE): "assignment.done",
        (A.PASSED_ON, A.IN_PLACE): "assignment.in_place",
        (A.PASSED_ON, A.DONE): "assignment.done",
        (A.IN_PLACE, A.DONE): "assignment.done",
        (A.DONE, A.VERIFIED): "assignment.verified",
        (A.DONE, A.IN_PLACE): "assignment.sent_back",
        **{(s, A.CALLED): "assignment.reassigned" for s in (A.RECEIVED, A.PASSED_ON, A.IN_PLACE)},
        **{(s, A.CALLED_OFF): "assignment.called_off" for s in (A.CALLED, A.RECEIVED, A.PASSED_ON, A.IN_PLACE)},
    },
    card=assignment_card,
    path=lambda assignment: assignment.unit.path,
    root=lambda assignment: f"incident:{assignment.order.incident_id}" if assignment.order.incident_id else "",
    exercise=lambda assignment: assignment.order.exercise,
)

RESPONSE = machine(
    kind="response",
    initial=R.RUNNING,
    moves={(R.RUNNING, R.ENDED): "response.ended"},
    card=response_card,
    path=lambda response: response.incident.unit.path,
    root=lambda response: f"incident:{response.incident_id}",
    exercise=lambda response: response.incident.exercise,
)

TASK = machine(
    kind="task",
    initial=T.HELD,
    moves={
        (T.HELD, T.OUT): "task.released",
        (T.HELD, T.WITHDRAWN): "task.withdrawn",
        (T.OUT, T.WITHDRAWN): "task.withdrawn",
    },
    card=task_card,
    path=lambda task: task.unit.path,
    root=lambda task: f"incident:{task.response.incident_id}",
    exercise=lambda task: task.response.incident.exercise,
)

PROPOSAL = machine(
    kind="proposal",
    initial=P.OPEN,
    moves={
        (P.OPEN, P.ACCEPTED): "proposal.accepted",
        (P.OPEN, P.REFUSED): "proposal.refused",
        (P.OPEN, P.LAPSED): "proposal.lapsed",
        (P.LAPSED, P.OPEN): "proposal.made_again",
    },
    card=proposal_card,
    path=lambda proposal: proposal.unit.path,
    root=lambda proposal: f"incident:{proposal.incident_id}" if proposal.incident_id else "",
)
