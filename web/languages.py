"""Text in both languages at once, for what is kept and read by others: ``{"zh": ..., "en": ...}``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def in_both(text: Any, **values: dict[str, str]) -> dict[str, str]:
    """A lazy translation said in both languages, for an item is kept and read by others: {"zh", "en"}.

    ``values`` fill its %(name)s, each with the same two keys.
    """
    said = {}
    for key, language in LANGUAGES.items():
        with override(language):
            filled = {name: value[key] or value["zh"] for name, value in values.items()}
            said[key] = str(text) % filled if filled else str(text)
    return said
