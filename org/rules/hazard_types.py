"""The types of hazard that a headquarters answers for: registered by the app that has plans for them."""

from __future__ import annotations

from typing import Any

from database.registry import Registry

HAZARD_TYPES: Registry[Any] = Registry(
    "types of hazard", "What a headquarters answers for and a plan is about. `org.rules.hazard_types.hazard_type`."
)


def hazard_type(code: str, label: Any) -> None:
    """Register a type; ``label`` is its name in the reader's language (a lazy translation)."""
    HAZARD_TYPES.register(code, label)
