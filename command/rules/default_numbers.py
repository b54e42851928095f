"""The numbers of orders and of the areas that they concern."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import DESIGN, Measure, under

figure = under(_("Orders and warnings"))

figure("area_share_pct", _("A unit is affected from this share of its area on"), Measure.PERCENT, 10, DESIGN)
