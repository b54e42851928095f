"""What an action may refuse, in the user's words; pages and API render the same objects (web/rest.py,
emergency/middleware/refusals.py).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class ActionError(Exception):
    """An action that was refused. ``code`` is stable, ``detail`` is a sentence, ``fields`` maps a field to its
    complaints.
    """

    status = 400
    code = "invalid"
    retry_after: int | None = None
    """Seconds after which the same may go through; told as the header Retry-After."""

    def __init__(self, detail: Any, *, code: str | None = None, fields: dict[str, list[Any]] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.fields = fields or {}


class Invalid(ActionError):
    """Bad input. Name the field where there is one."""

    @classmethod
    def field(cls, name: str, complaint: Any) -> Invalid:
        return cls(_("Some fields need attention."), fields={name: [complaint]})


class Forbidden(ActionError):
    """Seen, but not allowed to this person."""

    status = 403
    code = "forbidden"


class NotFound(ActionError):
    """Absent, or outside the person's jurisdiction: the two look alike on purpose."""

    status = 404
    code = "not_found"

    def __init__(self, detail: Any = None) -> None:
        super().__init__(detail or _("There is nothing here, or it lies outside your jurisdiction."))


class TooMany(ActionError):
    """More than a limit allows to this sender; others are served meanwhile. ``wait``: seconds until it may pass."""

    status = 429
    code = "too_many"

    def __init__(self, detail: Any, *, wait: int = 10) -> None:
        super().__init__(detail)
        self.retry_after = wait


class Conflict(ActionError):
    """The thing has moved on. ``current`` is its present state, for the reader to decide again."""

    status = 409
    code = "conflict"

    def __init__(self, detail: Any, *, current: dict[str, Any] | None = None, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.current = current or {}
