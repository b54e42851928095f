"""Timer handlers of norms: the signature that a paper waits for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from norms.actions.chase import Chase, Step, chased
from norms.actions.papers import SIGN, asked_again, chase_signers
from norms.models import OfficialPaper
from norms.selectors.automatic import by_rule
from norms.selectors.papers import with_parts


@chased
class SignatureChase(Chase[OfficialPaper]):
    """A draft that nobody has signed: its signer is reminded, then the deputy, then the office; until it is signed."""

    timer = SIGN

    def owing(self, ids: Collection[int]) -> dict[int, OfficialPaper]:
        rows = with_parts(OfficialPaper.objects.filter(pk__in=ids, status=OfficialPaper.Status.DRAFTED))
        return {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}

    def generation(self, row: OfficialPaper) -> int:
        return row.generation

    def take(self, steps: Sequence[Step[OfficialPaper]]) -> None:
        chase_signers(steps, by=by_rule("paper.chase"))

    def next_due(self, step: Step[OfficialPaper]) -> dt.datetime:
        return step.due.due_at + asked_again(step.row)
