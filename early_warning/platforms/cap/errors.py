"""What the reader refuses. The code is for the sending platform's software, the sentence for its operator."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from early_warning.platforms.cap.values import said
from web.errors import ActionError


class Refused(ActionError):
    """A message that is not a CAP message. Codes: ``malformed_xml``, ``unsupported_encoding``, ``doctype_forbidden``,
    ``wrong_namespace``, ``not_an_alert``, ``no_alert_inside``, ``too_complex`` and ``invalid_message`` (the only one
    that fills ``fields``).
    """

    code = "malformed_xml"


class TooLarge(Refused):
    """More bytes than a warning can honestly need."""

    status = 413
    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(said(_("The message is larger than %(limit)s bytes."), limit=limit))
