"""The refusals of org/errors.py, under the name by which the apps above know them."""

from org.errors import ActionError, Conflict, Forbidden, Invalid, NotFound

__all__ = ["ActionError", "Conflict", "Forbidden", "Invalid", "NotFound"]
