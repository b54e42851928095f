"""What places are told besides the people: one message to the board of a township for all that an order asks there, and
what the loudspeakers of a village speak.

A board hears once when the order goes out, once on each rung of its ladder who is still missing, and whenever somebody
reminds by hand. A loudspeaker speaks an order once within `LASTS`: the platform itself repeats it for so long.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from database import rows
from database.clock import DatabaseNow, now
from database.rows import as_json
from notify.gateways.contract import BOARD, LOUDSPEAKER, PLACES
from notify.models import Account, Delivery, Message
from notify.rules.notices import BY_HAND, Notice
from notify.selectors.places import Announced, Awaited, PlacePolicy, awaited_in, kind_of, names_of
from org.models import Unit

LASTS = dt.timedelta(hours=1)
NAMED = 40
"""So many people a board's message names; it mentions all of them."""
DELIVERY = ("message_id", "channel", "address", "state", "then", "urgent", "attempts", "error")
"""Columns of the lines that are inserted."""
HEARD = (Delivery.State.HANDED_OVER, Delivery.State.SENT, Delivery.State.DELIVERED)
_MOBILE = re.compile(r"1\d{10}")


@dataclass(frozen=True)
class Word:
    """One message to one place: ``address`` is its unit's code, ``path`` its unit's."""

    channel: str
    address: str
    path: str
    code: str
    group: str
    data: dict[str, Any]
    exercise: int | None
    alarm: bool


def tell_places(notices: Sequence[Notice]) -> list[tuple[Any, ...]]:
    """Write the messages to places that these notices give cause for, in the caller's transaction. Returns the lines of
    their deliveries, for the INSERT of the others. Eight statements at most, for however many notices.
    """
    heard = [one for one in notices if one.rung is not None or one.loudspeaker]
    asked = [one for one in heard if kind_of(one.group) is not None]
    if not asked:
        return []
    policy = PlacePolicy(asked)
    boards = _by_place(policy, BOARD, [one for one in asked if one.rung is not None and policy.wants(BOARD, one)])
    spoken = [one for one in asked if one.loudspeaker or (one.rung in (0, BY_HAND) and policy.wants(LOUDSPEAKER, one))]
    villages = _by_place(policy, LOUDSPEAKER, spoken)
    if not boards and not villages:
        return []
    told = _told({group for group, _unit in [*boards, *villages]})
    words = [*_to_boards(policy, boards, told), *_to_loudspeakers(villages, told)]
    return _written(words)


def announce(code: str, group: str, paths: Iterable[str], data: dict[str, Any], *, exercise: int | None) -> int:
    """Tell the places of these units (by path) what asks nobody there for an answer, where the rules say so: in the
    caller's transaction. Returns how many places are told. One query where no account reaches places.
    """
    if not Account.objects.filter(enabled=True, channels__overlap=list(PLACES)).exists():
        return 0
    notices = [
        Notice(0, code, group, path, data=data, alarm=True, exercise=exercise, group=group, rung=0)
        for path in sorted(set(paths))
    ]
    lines = tell_places(notices)
    rows.insert(Delivery, DELIVERY, lines)
    return len(lines)


def withdraw(groups: Sequence[str], reason: str) -> int:
    """Tell the places that have heard of these groups, or are just hearing, that nothing of it counts any more; what
    is still queued for them is dropped. In the caller's transaction; returns how many places are told.
    """
    kinds = {group: kind for group in groups if (kind := kind_of(group)) is not None and kind.withdrawn}
    lines = Delivery.objects.filter(message__group__in=list(kinds), message__person=None, channel__in=PLACES)
    if not kinds or not lines.exists():
        return 0
    lines.filter(state=Delivery.State.QUEUED).update(state=Delivery.State.CANCELLED)
    found = list(lines.select_related("message").order_by("pk"))
    Message.objects.filter(pk__in=[row.message_id for row in found], state=Message.State.OPEN).update(
        state=Message.State.SETTLED, closed_at=DatabaseNow()
    )
    since = now() - LASTS
    heard = {
        (row.channel, row.message.group, row.address): row.message for row in found
        if row.state in HEARD and (row.channel == BOARD or row.message.created_at > since)
    }  # fmt: skip
    words = [
        Word(channel, code, message.unit_path, kinds[group].withdrawn, group,
             {**message.data, "reason": reason, "mobiles": ""}, message.exercise, alarm=False)
        for (channel, group, code), message in heard.items()
    ]  # fmt: skip
    rows.insert(Delivery, DELIVERY, _written(words))
    return len(words)


Places = dict[tuple[str, str], tuple[Unit, list[Notice]]]
"""(group, unit path) → the unit and what concerns it."""


def _by_place(policy: PlacePolicy, channel: str, notices: Iterable[Notice]) -> Places:
    found: Places = {}
    for one in notices:
        if (unit := policy.place(channel, one.unit_path, one.exercise)) is not None:
            found.setdefault((one.group, unit.path), (unit, []))[1].append(one)
    return found


def _told(groups: set[str]) -> set[tuple[str, str, str, int]]:
    """(channel, group, unit code, rung) that have been told; of loudspeakers (0 as rung) those that still speak. Others
    who tell the same groups wait until this transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('places ' || g)) FROM unnest(%s::text[]) AS u (g)", [sorted(groups)]
        )
    found = Delivery.objects.filter(message__group__in=groups, message__person=None, channel__in=PLACES)
    columns = ("channel", "message__group", "address", "message__data__rung", "message__created_at")
    since = now() - LASTS
    return {
        (channel, group, code, rung or 0)
        for channel, group, code, rung, at in found.exclude(state=Delivery.State.FAILED).values_list(*columns)
        if channel == BOARD or at > since
    }


def _to_boards(policy: PlacePolicy, boards: Places, told: set[tuple[str, str, str, int]]) -> list[Word]:
    if not boards:
        return []
    exercises = {group: known[0].exercise for (group, _path), (_unit, known) in boards.items()}
    awaited: dict[tuple[str, str], list[Awaited]] = defaultdict(list)
    for one in awaited_in({group for group, _path in boards}, exercises):
        if (place := policy.place(BOARD, one.unit_path, exercises[one.group])) is not None:
            awaited[one.group, place.path].append(one)
    found = []
    for (group, path), (unit, known) in boards.items():
        kind = kind_of(group)
        rung = max((one.rung or 0 for one in known), key=abs)
        if rung > 0 and (BOARD, group, unit.code, rung) in told:
            continue
        subjects = {one.subject for one in known}
        people = [one for one in awaited[group, path] if rung or one.subject in subjects]
        if people or (kind is not None and kind.awaited is None):
            found.append(_to_board(group, unit, known[0], rung, people))
    return found


def _to_board(group: str, unit: Unit, notice: Notice, rung: int, waiting: Sequence[Awaited]) -> Word:
    people = list({one.person_id: one for one in waiting}.values())
    kind = kind_of(group) or Announced()
    code = (kind.missing if rung else kind.board) or notice.code
    mobiles = ",".join(one.phone for one in people if _MOBILE.fullmatch(one.phone))
    data = {**_data(notice, unit), "count": len(people), "names": names_of(people, NAMED), "mobiles": mobiles,
            "rung": rung}  # fmt: skip
    return Word(BOARD, unit.code, unit.path, code, group, data, notice.exercise, notice.alarm)


def _to_loudspeakers(villages: Places, told: set[tuple[str, str, str, int]]) -> list[Word]:
    found = []
    for (group, _path), (unit, known) in villages.items():
        kind = kind_of(group)
        if kind is not None and (LOUDSPEAKER, group, unit.code, 0) not in told:
            one, data = known[0], _data(known[0], unit)
            word = Word(
                LOUDSPEAKER, unit.code, unit.path, kind.spoken or one.code, group, data, one.exercise, one.alarm
            )  # fmt: skip
            found.append(word)
    return found


def _data(notice: Notice, unit: Unit) -> dict[str, Any]:
    about = {name: value for name, value in notice.data.items() if name not in ("person", "post")}
    return {**about, "unit": {"zh": unit.name, "en": unit.name_en}}


def _written(words: Sequence[Word]) -> list[tuple[Any, ...]]:
    columns = ("person_id", "code", "subject", "unit_path", "url", "alarm", "exercise", "group", "state", "data")
    keys = rows.insert(
        Message, columns,
        [
            (None, one.code, one.group, one.path, "", one.alarm, one.exercise, one.group, Message.State.OPEN,
             as_json(one.data))
            for one in words
        ],
        returning=("id",),
    )  # fmt: skip
    queued = Delivery.State.QUEUED
    return [
        (key, one.channel, one.address, queued, [], one.alarm, 0, "")
        for one, (key,) in zip(words, keys, strict=True)
    ]  # fmt: skip
