"""The sentences of the hazards' events and messages (docs/laws.md 12)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from database.members import Members
from journal.sentences import MOVED, sentence
from norms.actions.chase import TOLD
from norms.rules.automatic import rule
from norms.rules.deadlines import ground
from notify.sentences import sentence as message

ground("plan", _("the time limit of the plan; the rules allow until %(limit)s"))
ground("threatened_today", _("%(people)s people are threatened: on the same day, %(from)s"))
ground("threatened", _("%(people)s people are threatened: %(n)s days from %(from)s, every day counted"))
ground("extension", _("extended from %(before)s to %(due)s"))
ground("stays", _("sent back; the time limit of %(due)s stays"))

_LETTER: Members = {
    "supervision": int, "form": str, "form_name": dict, "letter_ref": str, "to": str, "to_name": dict,
    "answer_by": dt.date | None,
}  # fmt: skip

sentence("hazard.filed", _("%(by)s filed hazard %(ref)s in %(unit_name)s"), "hazard", door=str)
sentence("hazard.taken_up", _("%(by)s took up the report %(ref)s"), "hazard", **MOVED)
sentence(
    "hazard.turned_away", _("%(by)s did not take up the report %(ref)s: %(grounds)s"), "hazard", **MOVED, grounds=str
)
sentence("hazard.registered", _("%(by)s registered %(ref)s"), "hazard", **MOVED)
sentence(
    "hazard.graded", _("%(by)s graded %(ref)s as %(grade_name)s: %(grounds)s"),
    "hazard", **MOVED, grounds=str, grade_name=dict, reasons=list,
)  # fmt: skip
sentence(
    "hazard.planned", _("%(by)s planned the rectification of %(ref)s until %(finish_on)s"),
    "hazard", **MOVED, finish_on=dt.date, responsible=int | None, plan=int,
)  # fmt: skip
sentence("hazard.submitted", _("%(by)s submitted %(ref)s for acceptance"), "hazard", **MOVED, note=str)
sentence(
    "hazard.sent_back", _("%(by)s looked at %(ref)s and sent it back: %(note)s"),
    "hazard", **MOVED, note=str, inspection=int,
)  # fmt: skip
sentence(
    "hazard.inspected", _("%(by)s re-inspected %(ref)s and found it rectified"),
    "hazard", **MOVED, note=str, inspection=int,
)  # fmt: skip
sentence(
    "hazard.closed", _("%(by)s closed %(ref)s, %(closure_name)s"),
    "hazard", **MOVED, closure_name=dict, grounds=str, in_time=bool | None,
)  # fmt: skip
sentence(
    "hazard.closure_signed", _("%(by)s signed for %(unit_name)s (%(role_name)s) that %(ref)s may be closed"),
    "hazard", role=str, role_name=dict, unit_name=dict, signature=int,
)  # fmt: skip
sentence(
    "hazard.roles_named", _("%(by)s named %(regulator_name)s as the industry department of %(ref)s"),
    "hazard", regulator=str, regulator_name=dict, principal=str,
)  # fmt: skip
sentence(
    "hazard.elsewhere_ordered", _("%(by)s had the same as %(ref)s looked for in %(units)s until %(due_on)s"),
    "hazard", units=dict, due_on=dt.date,
)  # fmt: skip
sentence(
    "hazard.elsewhere_done",
    _("%(by)s: %(unit_name)s looked at %(looked_at)s places for the same as %(ref)s and found %(found)s hazards"),
    "hazard", unit_name=dict, looked_at=int, found=int,
)  # fmt: skip
sentence("hazard.reopened", _("%(by)s reopened %(ref)s: %(grounds)s"), "hazard", **MOVED, grounds=str, was=str)
sentence(
    "hazard.merged", _("%(by)s merged %(ref)s into %(into_ref)s"),
    "hazard", **MOVED, into=int, into_ref=str, grounds=str,
)  # fmt: skip
sentence(
    "hazard.merged_in", _("%(by)s merged %(from_ref)s into %(ref)s"),
    "hazard", **{"from": int}, from_ref=str, grounds=str,
)  # fmt: skip
sentence(
    "hazard.extension_asked", _("%(by)s asked for more time for %(ref)s, until %(until)s: %(reason)s"),
    "hazard", until=dt.date, reason=str, extension=int, decide_by=dt.date,
)  # fmt: skip
sentence(
    "hazard.extension_granted", _("%(by)s gave %(ref)s more time, until %(until)s"),
    "hazard", **MOVED, until=dt.date, answer=str, extension=int,
)  # fmt: skip
sentence(
    "hazard.extension_refused", _("%(by)s refused %(ref)s more time: %(answer)s"),
    "hazard", **MOVED, until=dt.date, answer=str, extension=int,
)  # fmt: skip
sentence("hazard.extension_lapsed", _("The extension asked for %(ref)s lapsed: the ticket ended"), "hazard", **MOVED)
sentence(
    "hazard.reminded", _("%(by)s reminded %(called_names)s of %(ref)s, due %(due_on)s"),
    "hazard", **TOLD, what=str, due_on=dt.date, days=int,
)  # fmt: skip
sentence(
    "hazard.overdue", _("%(ref)s is %(days)s days overdue; %(by)s told %(called_names)s"),
    "hazard", **TOLD, what=str, due_on=dt.date, days=int,
)  # fmt: skip
sentence(
    "hazard.supervised",
    _("%(by)s served the %(form_name)s %(letter_ref)s on %(to_name)s over %(ref)s"),
    "hazard",
    **_LETTER,
)
sentence("hazard.listed", _("%(by)s put %(ref)s under listed supervision: %(letter_ref)s"), "hazard", **_LETTER)
sentence("hazard.delisted", _("%(ref)s is no longer under listed supervision"), "hazard", publish_by=dt.date)
sentence("hazard.delisting_published", _("%(by)s published the delisting of %(ref)s"), "hazard", supervisions=list)
sentence(
    "hazard.rerouted", _("%(by)s handed %(ref)s from %(from_name)s to %(to_name)s: %(grounds)s"),
    "hazard", from_name=dict, to=str, to_name=dict, grounds=str,
)  # fmt: skip
sentence(
    "hazard.leader_named", _("%(by)s named %(leader_name)s to lead the rectification of %(ref)s"),
    "hazard", leader=int, leader_name=dict,
)  # fmt: skip
sentence(
    "hazard.photo_added", _("%(by)s added a photo to %(ref)s"),
    "hazard", photo=int, attachment=int, shows=str, pair=int | None,
)  # fmt: skip
sentence(
    "hazard.reinspection_ordered", _("%(by)s ordered a re-check of %(ref)s: %(reason)s"), "hazard", reason=str | dict
)
sentence(
    "hazard.letter_drafted",
    _("%(by)s drafted a %(form_name)s to %(to_name)s over %(ref)s; it waits for a signature"),
    "hazard", form=str, form_name=dict, to_name=dict,
)  # fmt: skip
rule("hazards.overdue", _("an overdue hazard climbs by days: reminder, township, draft letter"), "climb_county")
rule("hazards.remind", _("whoever owes a decision on a hazard is reminded on the last day, and daily after it"))

sentence("poster.made", _("%(by)s made a poster for %(unit_name)s"), unit=str, unit_name=dict, site=str)
sentence(
    "poster.replaced", _("%(by)s replaced the code of the poster in %(unit_name)s"), unit=str, unit_name=dict, site=str
)
sentence("poster.ended", _("%(by)s ended the poster in %(unit_name)s"), unit=str, unit_name=dict, site=str)

message("hazard.handed_over", _("Hazard %(ref)s in %(unit)s is yours to rectify: %(text)s"))
message("hazard.reminded", _("Hazard %(ref)s in %(unit)s: %(what)s by %(due)s"))
message("hazard.overdue", _("Hazard %(ref)s in %(unit)s is %(days)s days overdue: %(what)s was due %(due)s"))
message("hazard.letter", _("Supervision letter %(letter)s over hazard %(ref)s in %(unit)s: answer by %(answer_by)s"))
message("hazard.circular", _("Circular %(letter)s over hazard %(ref)s in %(unit)s"))
message("hazard.lead", _("You lead the rectification of hazard %(ref)s in %(unit)s"))
message("hazard.sent_back", _("Hazard %(ref)s in %(unit)s was sent back: %(note)s"))
message(
    "hazard.extension_asked", _("More time is asked for hazard %(ref)s in %(unit)s, until %(until)s: decide by %(due)s")
)
message("hazard.extension_decided", _("More time for hazard %(ref)s in %(unit)s: %(answer)s"))
message("hazard.to_inspect", _("Hazard %(ref)s in %(unit)s waits for re-inspection by %(due)s"))
message(
    "hazard.look_elsewhere",
    _("Hazard %(ref)s in %(unit)s: look for the same (%(kind)s) in your township, by %(due)s, and file what you find"),
)
message("hazard.look_again", _("%(reason)s Look at hazard %(ref)s in %(unit)s again; %(people)s people are at risk"))
message("hazard.publish", _("The delisting of hazard %(ref)s is to be published by %(due)s"))
