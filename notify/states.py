"""What notify's events and its gateways' receipts speak of; none of it has a table of states."""

from __future__ import annotations

from journal.rules.subjects import subject_kinds

subject_kinds(message="notify.Message", delivery="notify.Delivery")
