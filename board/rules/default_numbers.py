"""The numbers of signing in: what is asked by the wiring above, which is no app, is registered here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import Measure, under

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
