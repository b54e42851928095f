"""Who has to sign before a hazard is closed, and who has."""

from __future__ import annotations

from hazards.models import Hazard, Inspection
from hazards.rules.words import Grade, Role
from norms.selectors.numbers import number
from org.models import Unit


def passed(hazard: Hazard) -> Inspection | None:
    """The re-inspection whose result is signed: the newest, while the ticket waits to be closed after it."""
    if hazard.status != Hazard.Status.INSPECTED:
        return None
    rows = Inspection.objects.filter(hazard=hazard, result=Inspection.Result.PASSED)
    return rows.prefetch_related("signatures__by", "signatures__unit").order_by("-id").first()


def needed(hazard: Hazard) -> list[str]:
    """The sides that a ticket of this grade needs, as many as the county has set; one without a department has two."""
    if not hazard.grade:
        return []
    many = number("signatures_major" if hazard.grade == Grade.MAJOR else "signatures_general")
    wanted = [role.value for role in Role][:many]
    return [role for role in wanted if role != Role.REGULATOR or hazard.regulator_id]


def lacking(hazard: Hazard) -> list[str]:
    inspection = passed(hazard)
    signed = {row.role for row in inspection.signatures.all()} if inspection else set()
    return [role for role in needed(hazard) if role not in signed]


def side(hazard: Hazard, role: str) -> Unit | None:
    """The unit of a role; None where no department is named."""
    if role == Role.OWNER:
        return hazard.owner
    return hazard.regulator if role == Role.REGULATOR else territory(hazard)


def territory(hazard: Hazard) -> Unit:
    """On whose ground it lies: the township, or the county where it lies in none."""
    path = ".".join(hazard.unit.path.split(".")[:4])
    return hazard.unit if path == hazard.unit.path else Unit.objects.defer("boundary").get(path=path)
