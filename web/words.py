"""Text about jobs: what is being done, and why there is no file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from web.models import Job

STEPS = {
    "": _("In work"),
    "gather": _("Collecting what goes into it"),
    "lay_out": _("Laying out the pages"),
    "write": _("Writing the table"),
    "read": _("Reading the file and checking it"),
}
ERRORS = {
    "too_long": _("This takes too long. Choose less of it, such as a shorter time."),
    "lost": _("The server was stopped while it worked on this. Try again."),
    "broken": _("The server could not make this. The fault is in its log; try again, or tell the administrator."),
    "unknown": _("The server does not know any more how to make this."),
    "signed_off": _("This account is no longer in use."),
    "gone": _("The uploaded file is gone. Choose it again."),
}


def step_of(job: Job) -> str:
    return str(STEPS.get(job.step, STEPS[""]))


def error_of(job: Job) -> str:
    """What went wrong, as a sentence; empty when nothing did."""
    if not job.error:
        return ""
    return str(job.error.get("detail") or ERRORS.get(job.error["code"], ERRORS["broken"]))
