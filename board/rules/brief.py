"""The sections of the brief for the video call, in the order in which they are read out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SECTIONS = {
    "in_force": _("What is in force"),
    "silent": _("Villages that have not answered"),
    "late": _("Departments behind time"),
    "doubt": _("One doubtful figure"),
    "absent": _("Leaders away"),
    "gaps": _("Gaps on duty"),
    "next": _("The next decision"),
    "ask": _("To ask each township"),
}
LONGEST = 1000
"""Characters of one section: eight such sections still are one sheet of paper."""
