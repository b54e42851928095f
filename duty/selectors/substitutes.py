"""Who signs official papers for leaders who are away: whoever they authorised (docs/adr/0040)."""

from __future__ import annotations

from collections.abc import Sequence

from duty.selectors.leaders import signatories
from norms.selectors.papers import Substitute, substitutes
from org.models import Person


def authorised(leaders: Sequence[Person]) -> list[Substitute]:
    found = signatories(leaders, "papers").values()
    return [Substitute(one.leader, one.signer, one.ground) for one in found if one.signer and one.for_another]


substitutes("authorisation", authorised)
