"""The numbers of orders and of the areas that they concern."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import BENCHMARK, DESIGN, Measure, under

figure = under(_("Orders and warnings"))

figure("area_share_pct", _("A unit is affected from this share of its area on"), Measure.PERCENT, 10, DESIGN)
figure(
    "cut_off_people",
    _("A village is presumed cut off from so many people without a network on"),
    Measure.PEOPLE,
    3,
    DESIGN,
)
figure("cut_off_within_min", _("… if their telephones failed within"), Measure.MINUTES, 10, DESIGN)

wake = under(_("Time to wake"))

wake("wake_call_s", _("A call holds its line for"), Measure.SECONDS, 45, BENCHMARK)
wake("wake_message_s", _("A call has said its message after"), Measure.SECONDS, 20, BENCHMARK)
wake("wake_delay_s", _("From hearing or reading to the answer, on average"), Measure.SECONDS, 40, DESIGN)
wake("wake_call_day_pct", _("Calls that are answered by day, before there is a history"), Measure.PERCENT, 85, DESIGN)
wake(
    "wake_call_night_pct", _("Calls that are answered at night, before there is a history"), Measure.PERCENT, 70, DESIGN
)
wake("wake_text_day_pct", _("Texts that are answered by day, before there is a history"), Measure.PERCENT, 60, DESIGN)
wake(
    "wake_text_night_pct", _("Texts that are answered at night, before there is a history"), Measure.PERCENT, 20, DESIGN
)
wake(
    "wake_door_min",
    _("From the call for a runner until somebody at the door has answered, on average"),
    Measure.MINUTES,
    20,
    DESIGN,
)
wake("wake_door_pct", _("Runners who find somebody"), Measure.PERCENT, 95, DESIGN)
