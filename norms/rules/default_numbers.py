"""The numbers of all deadlines (`norms.rules.deadlines`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import Measure, under

figure = under(_("Reminders of deadlines"))
figure("remind_first", _("First reminder, before a deadline"), Measure.DAYS, 7, at_least="remind_second")
figure("remind_second", _("Second reminder, before a deadline"), Measure.DAYS, 3)
