"""What changes plans: one function a use case, each one transaction, each saying by whom."""

from plans.actions.approval import approve, file, send_back, submit
from plans.actions.drafts import (
    add_action,
    change_action,
    change_plan,
    create_plan,
    discard_draft,
    draft_version,
    move_action,
    remove_action,
    remove_level,
    save_draft,
    set_level,
)
from plans.actions.dues import record_due, set_due
from plans.actions.headquarters import set_headquarters
from plans.actions.imports import import_file, import_plan, load_library
from plans.actions.inherit import inherit
from plans.actions.items import answer_item, raise_item

__all__ = [
    "add_action",
    "answer_item",
    "approve",
    "change_action",
    "change_plan",
    "create_plan",
    "discard_draft",
    "draft_version",
    "file",
    "import_file",
    "import_plan",
    "inherit",
    "load_library",
    "move_action",
    "raise_item",
    "record_due",
    "remove_action",
    "remove_level",
    "save_draft",
    "send_back",
    "set_due",
    "set_headquarters",
    "set_level",
    "submit",
]
