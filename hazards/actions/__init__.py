"""What can be done to hazards. Each function is one transaction; ``by`` is whoever acts."""

from hazards.actions.close import close, reopen
from hazards.actions.elsewhere import done_elsewhere, look_elsewhere
from hazards.actions.extend import ask_extension, decide_extension
from hazards.actions.inspect import inspect, send_back, submit
from hazards.actions.merge import merge
from hazards.actions.plan import plan
from hazards.actions.register import assign_leader, grade, register, take_up, turn_away
from hazards.actions.reinspect import order_reinspections
from hazards.actions.roles import assign_roles
from hazards.actions.route import bulk_assign, reroute
from hazards.actions.sign import sign_closure
from hazards.actions.supervise import publish_delisting, put_on_list

__all__ = [
    "ask_extension",
    "assign_leader",
    "assign_roles",
    "bulk_assign",
    "close",
    "decide_extension",
    "done_elsewhere",
    "grade",
    "inspect",
    "look_elsewhere",
    "merge",
    "order_reinspections",
    "plan",
    "publish_delisting",
    "put_on_list",
    "register",
    "reopen",
    "reroute",
    "send_back",
    "sign_closure",
    "submit",
    "take_up",
    "turn_away",
]
