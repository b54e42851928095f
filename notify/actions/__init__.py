"""Telling people: messages, taking note of them, and their deliveries."""

from notify.actions.messages import Notice, acknowledge, restate, send_all, settle, shown

__all__ = ["Notice", "acknowledge", "restate", "send_all", "settle", "shown"]
