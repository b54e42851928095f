"""The sentences of the plans' events and messages (docs/laws.md 12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from journal.sentences import MOVED, sentence
from norms.rules.automatic import rule
from notify.sentences import sentence as message

sentence("plan.created", _("%(by)s began the plan “%(plan_name)s” of %(unit_name)s"), "plan")
sentence(
    "plan.inherited", _("%(by)s made “%(plan_name)s” of %(unit_name)s from the template “%(template_name)s”"),
    "plan", template_name=dict,
)  # fmt: skip
sentence("plan.changed", _("%(by)s changed the record of the plan “%(plan_name)s”"), "plan")
sentence("plan.due_set", _("%(by)s set the %(what_name)s of “%(plan_name)s” for %(due_on)s"), "due")
sentence("plan.due_done", _("%(by)s recorded the %(what_name)s of “%(plan_name)s”, done on %(done_on)s"), "due")
sentence(
    "plan.due_reminded", _("The %(what_name)s of “%(plan_name)s” is due on %(due_on)s; %(by)s told %(people)s people"),
    "due", people=int, step=int,
)  # fmt: skip
sentence("version.drafted", _("%(by)s began version %(number)s of “%(plan_name)s”"), "version")
sentence("version.saved", _("%(by)s changed the draft of version %(number)s of “%(plan_name)s”"), "version")
sentence("version.discarded", _("%(by)s discarded the draft of version %(number)s of “%(plan_name)s”"), "version")
sentence("version.submitted", _("%(by)s sent version %(number)s of “%(plan_name)s” for approval"), "version", **MOVED)
sentence(
    "version.sent_back", _("%(by)s sent version %(number)s of “%(plan_name)s” back: %(reason)s"),
    "version", **MOVED, reason=str,
)  # fmt: skip
sentence(
    "version.approved", _("%(by)s put version %(number)s of “%(plan_name)s” in force (%(document)s)"),
    "version", **MOVED,
)  # fmt: skip
sentence("version.filed", _("%(by)s filed version %(number)s of “%(plan_name)s” (%(receipt)s)"), "version", **MOVED)
sentence("version.superseded", _("Version %(number)s of “%(plan_name)s” gave way to the next one"), "version", **MOVED)
sentence("revision_item.raised", _("%(by)s found that “%(plan_name)s” must be revised: %(text)s"), "revision_item")
sentence(
    "revision_item.adopted", _("%(by)s adopted a revision of “%(plan_name)s”: %(answer)s"), "revision_item", **MOVED
)
sentence(
    "revision_item.rejected", _("%(by)s did not adopt a revision of “%(plan_name)s”: %(answer)s"),
    "revision_item", **MOVED,
)  # fmt: skip

rule("plans.remind", _("whoever writes a plan is reminded before a date falls due, and daily after it"))


message("plan.due_soon", _("The %(what)s of “%(plan)s” is due on %(due_on)s."))
message("plan.overdue", _("The %(what)s of “%(plan)s” was due on %(due_on)s and has not been recorded."))
message("plan.to_approve", _("Version %(number)s of “%(plan)s” waits for your approval."))
message("plan.sent_back", _("Version %(number)s of “%(plan)s” came back: %(reason)s"))
