"""Kinds of subjects of notify; it has no table of states."""

from __future__ import annotations

from journal.rules.subjects import subject_kinds

subject_kinds(
    message="notify.Message", delivery="notify.Delivery", account="notify.Account", reply="notify.Inbound",
    reach_rule="notify.ReachRule",
)  # fmt: skip
