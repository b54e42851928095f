"""Refusals, as the register at the bottom defines them (org/errors.py); upper apps know them by this name."""

from org.errors import ActionError, Conflict, Forbidden, Invalid, NotFound

__all__ = ["ActionError", "Conflict", "Forbidden", "Invalid", "NotFound"]
