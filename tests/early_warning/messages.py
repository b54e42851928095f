"""Messages to test with: the published ones, and one of our own with any part replaced."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

DATA = Path(__file__).parent / "data"
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
AREA = (
    "<area><areaDesc>Jushui</areaDesc><geocode><valueName>division</valueName><value>331126206</value></geocode></area>"
)


def published(name: str) -> bytes:
    return (DATA / f"{name}.xml").read_bytes()


def info(area: str = AREA, extra: str = "", **replaced: str | None) -> str:
    """An info block; ``name=None`` leaves the element out, ``name="text"`` replaces its text."""
    texts: dict[str, str | None] = {
        "language": "zh-CN",
        "category": "Met",
        "event": "暴雨",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Likely",
        "headline": "庆元县气象台发布暴雨橙色预警",
    }
    texts.update(replaced)
    elements = "".join(f"<{name}>{text}</{name}>" for name, text in texts.items() if text is not None)
    return f"<info>{elements}{extra}{area}</info>"


def message(infos: str | None = None, extra: str = "", namespace: str = NAMESPACE, **replaced: str | None) -> bytes:
    """A valid alert; ``name=None`` leaves an element out, ``name="text"`` replaces its text."""
    texts: dict[str, str | None] = {
        "identifier": "test-1",
        "sender": "qx@qingyuan.example",
        "sent": "2026-07-09T10:15:00+08:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
    }
    texts.update(replaced)
    elements = "".join(f"<{name}>{text}</{name}>" for name, text in texts.items() if text is not None)
    body = f'<alert xmlns="{namespace}">{elements}{extra}{info() if infos is None else infos}</alert>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def reference(identifier: str = "test-1", sent: str = "2026-07-09T10:15:00+08:00") -> str:
    return f"qx@qingyuan.example,{identifier},{sent}"


def update(
    identifier: str = "test-2", of: str | None = None, sent: str = "2026-07-09T11:00:00+08:00", **more: str
) -> bytes:
    return message(identifier=identifier, sent=sent, msgType="Update", references=of or reference(), **more)


def cancel(
    identifier: str = "test-9", of: str | None = None, sent: str = "2026-07-09T12:00:00+08:00", **more: str
) -> bytes:
    return message(identifier=identifier, sent=sent, msgType="Cancel", references=of or reference(), infos="", **more)


def box(west: float, south: float, east: float, north: float) -> str:
    """A CAP polygon: latitude first, closed."""
    return f"{south},{west} {south},{east} {north},{east} {north},{west} {south},{west}"


def area(*, polygon: str = "", circle: str = "", codes: tuple[str, ...] = (), name: str = "division") -> str:
    inside = "<areaDesc>somewhere</areaDesc>"
    inside += f"<polygon>{polygon}</polygon>" if polygon else ""
    inside += f"<circle>{circle}</circle>" if circle else ""
    inside += "".join(f"<geocode><valueName>{name}</valueName><value>{code}</value></geocode>" for code in codes)
    return f"<area>{inside}</area>"


def at(moment: dt.datetime) -> str:
    """As CAP writes it, in Chinese time."""
    return moment.astimezone(dt.timezone(dt.timedelta(hours=8))).isoformat(timespec="seconds")
