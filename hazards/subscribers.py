"""What hazards register with norms: the papers that the county issues about them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hazards.actions.letters import take_effect
from norms.rules.papers import paper_kind

paper_kind("supervision_letter", _("supervision letter"), mark="督", effect=take_effect)
paper_kind("circular", _("circular"), mark="通", effect=take_effect)
paper_kind("listed_supervision", _("notice of listed supervision"), mark="挂", effect=take_effect)
