"""What a handover carries of this app: overdue hazards (docs/domain.md 4)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from duty.selectors.gather import Item, first_of, gatherer
from hazards.models import Hazard
from hazards.selectors import people
from hazards.states import ENDED
from journal.rules.world import REAL
from org.models import Unit
from org.selectors.jurisdiction import under
from web.languages import in_both

LIST = "/hazards/?overdue=true"


@gatherer("overdue_hazards", _("Overdue hazards"), order=40)
def overdue_hazards(unit: Unit) -> list[Item]:
    """Overdue tickets of the unit and whatever lies under it, those that it must rectify elsewhere too; the longest
    overdue first.
    """
    mine = Q()
    for field in ("unit__path", "owner__path"):
        mine |= under(unit.path, field)
    rows = Hazard.objects.filter(REAL.rows(), mine, next_due_at__lt=DatabaseNow()).exclude(status__in=ENDED)
    rows = rows.select_related("unit", "owner").defer("unit__boundary", "owner__boundary")
    return first_of(rows.order_by("next_due_at", "id"), _item, rest=LIST)


def _item(row: Hazard) -> Item:
    number = {"zh": str(row.people_at_risk), "en": str(row.people_at_risk)}
    words = {"owner": people.names(row.owner), "status": in_both(Hazard.Status(row.status).label), "people": number}
    kind = people.kind_words(row.kind)
    return Item(
        subject=f"hazard:{row.pk}",
        title={key: f"{row.ref} {kind[key]} {row.description[:60]}" for key in kind},
        detail=in_both(_("%(owner)s, %(status)s, %(people)s people at risk"), **words),
        url=f"/hazards/{row.pk}/",
        due_at=row.next_due_at,
    )
