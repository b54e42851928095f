"""Telling people: messages, taking note of them, and their deliveries."""

from notify.actions.messages import acknowledge, restate, send_all, settle, shown
from notify.rules.notices import Notice

__all__ = ["Notice", "acknowledge", "restate", "send_all", "settle", "shown"]
