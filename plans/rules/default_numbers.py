"""The numbers of plans (docs/domain.md 7), and the posts that write plans by default."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import Measure, under

figure = under(_("Plans"))
DAYS = Measure.DAYS

reports = under(_("Information reports"))
MINUTES = Measure.MINUTES
reports("report_township_phone", _("Township or department to county, by phone"), MINUTES, None)
reports("report_township_written", _("Township or department to county, in writing"), MINUTES, None,
        at_least="report_township_phone")  # fmt: skip
reports("report_county_phone", _("County to city, large incident and above, by phone"), MINUTES, None)
reports("report_county_written", _("County to city, large incident and above, in writing"), MINUTES, None,
        at_least="report_county_phone")  # fmt: skip
reports("report_county_general", _("County to city, general incident"), MINUTES, None, at_least="report_county_written")

figure("plan_filing_days", _("Filing receipt of a plan, after it was approved"), DAYS, 20)
figure("plan_first_reminder_days", _("First reminder, before a plan's due date"), DAYS, 90,
       at_least="plan_second_reminder_days")  # fmt: skip
figure("plan_second_reminder_days", _("Second reminder, before a plan's due date"), DAYS, 30,
       at_least="plan_third_reminder_days")  # fmt: skip
figure("plan_third_reminder_days", _("Third reminder, before a plan's due date"), DAYS, 7)
figure("plan_reminder_every_days", _("Between reminders of a plan's due date that has passed"), DAYS, 7)

SCALE = under(_("County's own scale of events"))
SCALE("county_scale_ii", _("Dead and missing from which an event is at least level II"), Measure.PEOPLE, 1, "")
SCALE("county_scale_i", _("Dead and missing from which an event is level I and is handed up"), Measure.PEOPLE, 3, "",
      at_least="county_scale_ii")  # fmt: skip

WRITERS = ("command_office_director", "county_duty_officer", "township_deputy", "township_station")
APPROVERS = (
    "party_secretary", "magistrate", "deputy_magistrate", "department_head", "township_party_secretary",
    "township_head",
)  # fmt: skip
"""Posts that write plans, and posts that also put them in force (a default; the county edits its posts)."""
