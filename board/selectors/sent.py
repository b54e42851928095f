"""Messages that left the house: of a person, of an order, of an incident, of a night; what became of them, and what
they cost.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from command.models import Order
from database.clock import now
from journal.rules.world import World
from journal.sentences import in_reader_language
from notify import sentences
from notify.gateways.contract import IN_APP, LOUDSPEAKER
from notify.models import Delivery
from notify.rules.words import channel_word, error_word, yuan
from org.models import Person
from org.selectors.jurisdiction import visible_to
from web.bounds import whole_number

NIGHT_FROM, NIGHT_TO = dt.time(22), dt.time(6)
WHEN = ("", "day", "night", "week")


@dataclass(frozen=True)
class Line:
    """A delivery in words. ``place``: where it is told, if not to a person."""

    row: Delivery
    text: str
    channel: str
    said: str
    cost: str
    place: str = ""


@dataclass(frozen=True)
class Totals:
    messages: int
    parts: int
    fen: int

    @property
    def cost(self) -> str:
        return yuan(self.fen)


def sent(reader: Person, world: World, asked: dict[str, str]) -> QuerySet[Delivery]:
    """``asked``: person (name or number), who (a person's id), order, incident (ids), when (day, night, week), channel,
    state.
    """
    rows = Delivery.objects.filter(visible_to(reader, "message__unit_path"), world.rows("message__"))
    rows = rows.exclude(channel=IN_APP)
    if text := asked.get("person", ""):
        who = Q(message__person__name__icontains=text) | Q(message__person__name_en__icontains=text)
        for language in ("zh", "en"):
            who |= Q(message__person=None, **{f"message__data__unit__{language}__icontains": text})
        rows = rows.filter(who | Q(address__contains=text))
    if asked.get("who"):
        rows = rows.filter(message__person=whole_number(asked["who"]))
    if asked.get("order"):
        rows = rows.filter(message__group=f"order:{whole_number(asked['order'])}")
    if asked.get("incident"):
        orders = Order.objects.filter(incident=whole_number(asked["incident"])).values_list("pk", flat=True)
        rows = rows.filter(message__group__in=[f"order:{pk}" for pk in orders])
    if asked.get("when") in WHEN[1:]:
        rows = rows.filter(message__created_at__range=span(asked["when"]))
    for name in ("channel", "state"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name]})
    return rows.select_related("message__person", "account").order_by("-pk")


def span(when: str) -> tuple[dt.datetime, dt.datetime]:
    """The last 24 hours, the last night from 22:00 to 06:00 (or so much of it as has passed), or the last week."""
    present = now()
    if when == "night":
        local = timezone.localtime(present)
        day = local.date() - dt.timedelta(days=local.time() < NIGHT_FROM)
        begins = timezone.make_aware(dt.datetime.combine(day, NIGHT_FROM))
        return begins, begins + dt.timedelta(hours=8)
    return present - dt.timedelta(days=1 if when == "day" else 7), present


def totals(rows: QuerySet[Delivery]) -> Totals:
    found = rows.order_by().aggregate(messages=Count("pk"), parts=Sum("parts"), fen=Sum("fee_fen"))
    return Totals(found["messages"], found["parts"] or 0, found["fen"] or 0)


def lines(rows: Any) -> list[Line]:
    return [Line(row, sentences.text_of(row.message), channel_word(row.channel), words(row), yuan(row.fee_fen),
                 str(in_reader_language(row.message.data.get("unit"))))
            for row in rows]  # fmt: skip


def words(row: Delivery) -> str:
    """What became of it, with the time of an answer."""
    said = [str(row.get_outcome_display() if row.outcome else row.get_state_display())]
    if row.channel == LOUDSPEAKER and row.outcome == Delivery.Outcome.DELIVERED:
        said = [_("played, the platform says")]
    if row.answered_at:
        said.append(_("answered %(at)s") % {"at": timezone.localtime(row.answered_at).strftime("%H:%M:%S")})
    if row.repeated:
        said.append(_("given twice, the first outcome is unknown"))
    if row.error and row.outcome == Delivery.Outcome.FAILED:
        said.append(error_word(row.error))
    return " · ".join(said)
