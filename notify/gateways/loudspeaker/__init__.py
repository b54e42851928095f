"""Village loudspeakers over the county's emergency broadcast platform: EBM sent as a tar file, and asked with
EBMStateRequest whether it was played (GD/J 082-2018, GY/T 385-2023).

``address`` of a message is the area's code. The number of a message follows from our reference, so that the same one
given twice is one to the platform.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import (
    EXERCISES,
    LOUDSPEAKER,
    Accepted,
    Access,
    Gateway,
    NotThere,
    Outgoing,
    Receipt,
    Refused,
    Setting,
    Unsure,
    asked,
    gateway,
)
from notify.gateways.loudspeaker import message as ebd
from notify.gateways.reading import present
from notify.rules.references import key_of

TAKEN, BAD, UNKNOWN = ("0", "1"), ("2", "3"), "5"
"""ResultCode of EBDResponse: received or also checked; unreadable or not whole; other. 4: its signature."""


class Loudspeaker(Gateway):
    code = "loudspeaker"
    label = _("Village loudspeakers (emergency broadcast)")
    channels = (LOUDSPEAKER,)
    settings = (
        Setting("endpoint", _("address")),
        Setting("source", _("our number as a resource, 18 digits")),
        Setting("target", _("number of the platform, 18 digits")),
        Setting("sender", _("name of the issuing body")),
        Setting("event_type", _("code of the kind of event"), default="11000"),
        Setting("signer", _("address of the signing machine"), required=False),
        Setting("certificate", _("number of its certificate"), required=False),
        Setting("played", _("state codes that mean played"), default="3"),
        Setting("not_played", _("state codes that mean not played"), default="4 5"),
        EXERCISES,
    )
    can_look_up = True

    def send(self, access: Access, message: Outgoing) -> Accepted:
        number = _number(access, message.reference)
        body = ebd.broadcast(access.values, message, number, present())
        told = _post(access, ebd.head(access.values, "EBM", message.reference, present(), body))
        code, words = told.findtext(".//ResultCode", ""), told.findtext(".//ResultDesc", "")
        if code not in TAKEN:
            raise Refused(f"{code}: {words[:100]}", permanent=code in BAD)
        return Accepted(number)

    def look_up(self, access: Access, reference: str, provider_id: str, address: str) -> Receipt | None:
        number = provider_id or _number(access, reference)
        body = ebd.question(number, present())
        told = _post(access, ebd.head(access.values, "EBMStateRequest", reference, present(), body))
        if told.find(".//BrdStateCode") is None:
            if told.findtext(".//ResultCode", "") == UNKNOWN:
                raise NotThere(reference)
            return None
        return _state(access, told, reference)

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        """EBMStateResponse, pushed as a tar file or as its XML."""
        found = _state(access, ebd.unpacked(body), "")
        return [found] if found is not None else []


def _state(access: Access, told: Any, reference: str) -> Receipt | None:
    """Played to the end is the proof that the loudspeaker spoke, not that anybody listened."""
    code, words = told.findtext(".//BrdStateCode", ""), told.findtext(".//BrdStateDesc", "")
    number = told.findtext(".//EBMID", "")
    if code in (access["played"] or "3").split():
        return Receipt("delivered", reference, number)
    if code in (access["not_played"] or "4 5").split():
        return Receipt("failed", reference, number, error=f"not played: {words[:100]}")
    return None


def _number(access: Access, reference: str) -> str:
    """EBMID, 30 digits: source, day, and four digits of our key."""
    return f"{access['source']}{present():%Y%m%d}{(key_of(reference) or 0) % 10_000:04d}"


def _post(access: Access, document: bytes) -> Any:
    number = ebd.number_of(document)
    value = ""
    if access["signer"]:
        signed = asked(access.http.post, access["signer"], content=document)
        if signed.status_code != 200:
            raise Refused(f"signing machine: HTTP {signed.status_code}")
        value = base64.b64encode(signed.content).decode()
    packed = ebd.packed(number, document, ebd.signature(number, access["certificate"], value))
    name = f"EBDT_{number}.tar"
    answer = asked(access.http.post, access["endpoint"], files={"file": (name, packed, "application/x-tar")})
    if answer.status_code >= 400:
        raise Refused(f"HTTP {answer.status_code}")
    try:
        return ebd.unpacked(answer.content)
    except ValueError as error:
        raise Unsure(f"answer: {error}") from error


gateway(Loudspeaker())
