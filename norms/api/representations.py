"""Official papers as the API shows them."""

from __future__ import annotations

from typing import Any

from norms.models import OfficialPaper, PaperAddressee
from norms.screens.papers import dressed, rights
from org.models import Person, Unit


def unit(row: Unit) -> dict[str, Any]:
    return {"code": row.code, "name": row.label, "level": row.level}


def person(row: Person | None) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.label, "phone": row.phone} if row else None


def paper(row: OfficialPaper) -> dict[str, Any]:
    dressed(row)
    plain = (
        *("id", "kind", "subject", "title", "status", "drafted_at", "rule", "sign_due_at", "signed_at"),
        *("signed_ground", "number", "served_at", "withdrawn_at", "withdrawn_reason", "before_signing"),
    )
    return {
        **{name: getattr(row, name) for name in plain},
        "kind_name": str(row.kind_label),
        "unit": unit(row.unit),
        "headquarters": row.headquarters.code if row.headquarters else None,
        "body": row.body,
        "drafted_by": person(row.drafted_by),
        "signed_by": person(row.signed_by),
        "signed_for": person(row.signed_for),
        "lifts": row.lifts_id,
    }


def paper_whole(row: OfficialPaper, reader: Person) -> dict[str, Any]:
    may = rights(row, reader)
    return {
        **paper(row),
        "paragraphs": row.content["paragraphs"],
        "facts": row.content["facts"],
        "version": row.content.get("version", 0),
        "to": [addressee(one) for one in row.addressees_shown],
        "signers": [[person(one) for one in rung] for rung in may["signers"]],
        "may_sign": may["sign"],
    }


def addressee(row: PaperAddressee) -> dict[str, Any]:
    return {"unit": unit(row.unit), "received_at": row.received_at, "received_by": person(row.received_by)}
