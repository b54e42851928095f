"""The numbers of all deadlines (`norms.rules.deadlines`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import Measure, under

figure = under(_("Reminders of deadlines"))
figure("remind_first", _("First reminder, before a deadline"), Measure.DAYS, 7, at_least="remind_second")
figure("remind_second", _("Second reminder, before a deadline"), Measure.DAYS, 3)

figure = under(_("Official papers"))
figure("paper_sign_h", _("A draft is to be signed"), Measure.HOURS, 24)
figure("paper_again_h", _("The signer of a late paper is reminded again"), Measure.HOURS, 12)
figure("paper_urgent_min", _("An urgent draft (a five-stops order, a response notice) is to be signed"),
       Measure.MINUTES, 30)  # fmt: skip
