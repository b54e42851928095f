"""The numbers of signing in, asked by the wiring above, which is no app, and those that rank tonight's worries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import DESIGN, Measure, under

figure = under(_("Signing in"))
MINUTES, HOURS = Measure.MINUTES, Measure.HOURS
SIGN_INS = _(
    "design; set by the county (GB/T 22239-2019, 8.1.4.1 b: failed sign-ins are limited; OWASP device cookies)"
)
SESSIONS = _("default; set by the county (GB/T 22239-2019, 8.1.4.1 b: idle sessions end by themselves)")

figure("session_idle_h", _("A sign-in that is not used ends after"), HOURS, 12, SESSIONS)
figure("session_longest_d", _("A sign-in ends in any case after"), Measure.DAYS, 7, SESSIONS)
figure("session_shift_grace_min", _("Whoever was on duty stays signed in for the handover"), MINUTES, 60, SESSIONS)
figure("sign_in_failures", _("Failed sign-ins after which a name is locked"), Measure.TIMES, 10, SIGN_INS)
figure("sign_in_lock_min", _("The first lock lasts, and each further one twice as long"), MINUTES, 1, SIGN_INS)
figure("sign_in_lock_longest_min", _("A lock lasts at most"), MINUTES, 30, SIGN_INS, at_least="sign_in_lock_min")
figure("sign_in_forgotten_h", _("Failed sign-ins are forgotten after"), HOURS, 24, SIGN_INS)
figure("sign_in_spared_min", _("A name that was unlocked is spared for"), MINUTES, 15, SIGN_INS)
figure("sign_in_spared_failures", _("Failed sign-ins that lock a name which is spared"), Measure.TIMES, 100, SIGN_INS,
       at_least="sign_in_failures")  # fmt: skip

figure = under(_("Tonight's most worrying points"))
PERCENT = Measure.PERCENT
figure("worry_people_pct", _("Weight of the people at risk"), PERCENT, 25, DESIGN)
figure("worry_warning_pct", _("Weight of a red warning in force; other colours less"), PERCENT, 20, DESIGN)
figure("worry_rain_pct", _("Weight of a warning being one of rain, flood or landslide"), PERCENT, 5, DESIGN)
figure("worry_slope_pct", _("Weight of a slope, gully, pond or mine"), PERCENT, 15, DESIGN)
figure("worry_house_pct", _("Weight of houses, camps, schools and care homes"), PERCENT, 8, DESIGN)
figure("worry_major_pct", _("Weight of a hazard graded major"), PERCENT, 5, DESIGN)
figure("worry_silent_pct", _("Weight of a village that has not answered"), PERCENT, 15, DESIGN)
figure("worry_dark_pct", _("Weight of darkness"), PERCENT, 5, DESIGN)
figure("worry_dusk_h", _("Darkness begins to count before sunset"), HOURS, 3, DESIGN)
figure("worry_vacant_pct", _("Weight of a keeper who is unknown"), PERCENT, 10, DESIGN)
