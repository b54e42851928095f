"""The numbers of hazards (docs/domain.md 6). The codes of deadlines are those of `hazards.models.Deadline.rule`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import DESIGN, RULE_CITY, Measure, under

figure = under(_("Hazards"))
DAYS, WORKING = Measure.DAYS, Measure.WORKING_DAYS

figure("take_up", _("Take up a report of the public"), WORKING, 1)
figure("register", _("Register a new hazard"), WORKING, 1)
figure("grade", _("Grade a registered hazard"), WORKING, 3)
figure("threatened", _("Register, then grade a hazard that threatens people: on the same day, or so many later"),
       DAYS, 0, DESIGN, least=0)  # fmt: skip
figure("signatures_major", _("Sides that sign before a major hazard is closed: owner, territory, department"),
       Measure.TIMES, 3, DESIGN, least=0)  # fmt: skip
figure("signatures_general", _("Sides that sign before a general hazard is closed: owner, territory, department"),
       Measure.TIMES, 0, DESIGN, least=0)  # fmt: skip
figure("look_elsewhere", _("Look for the same elsewhere, after it was ordered"), DAYS, 7)
figure("plan", _("Plan the rectification of a graded hazard"), WORKING, 5)
figure("general", _("Rectify a general hazard"), DAYS, 15)
figure("major", _("Rectify a major hazard"), DAYS, 90, at_least="general")
figure("redo", _("Rectify again what a re-inspection sent back"), WORKING, 5)
figure("inspect", _("Re-inspect what was handed in"), WORKING, 10)
figure("close", _("Close what has passed the re-inspection"), WORKING, 5)
figure("extension_ahead", _("Ask for an extension ahead of the time limit, under listed supervision"),
       WORKING, 20, RULE_CITY)  # fmt: skip
figure("extension_decided", _("Decide on an extension that was asked for"), WORKING, 10, RULE_CITY)
figure(
    "longest", _("The longest time for a rectification, with all extensions"), DAYS, 365, RULE_CITY, at_least="major"
)
figure("delisting_published", _("Publish that a hazard is off the supervision list"), WORKING, 5, RULE_CITY)
figure("climb_township", _("The township steps in, after a deadline that was missed"), DAYS, 3)
figure("climb_county", _("The county steps in with a letter, after a deadline that was missed"), DAYS, 7,
       at_least="climb_township")  # fmt: skip
figure("letter_answer", _("Time that a supervision letter gives, before a circular follows"), DAYS, 7)
figure("duplicate_within", _("Taken for the same danger: found within"), DAYS, 90)
figure("duplicate_near", _("Taken for the same danger: as near as"), Measure.METRES, 100)

figure = under(_("Hazards reported by the public"))
figure("public_address_h", _("Reports of the public within an hour, from one address"), Measure.TIMES, 20, DESIGN,
       at_least="public_always_h")  # fmt: skip
figure("public_poster_h", _("Reports of the public within an hour, by one poster"), Measure.TIMES, 60, DESIGN)
figure("public_county_h", _("Reports of the public within an hour, in the county"), Measure.TIMES, 300, DESIGN,
       at_least="public_poster_h")  # fmt: skip
figure("public_always_h", _("Reports within an hour that each address may file all the same"), Measure.TIMES, 3, DESIGN)
