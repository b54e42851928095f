"""Who among a county's leaders is in the county, and who may sign now, for whom, on what ground (docs/adr/0040)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from database.clock import now
from duty.models import Authorisation, LeaderPost, Leave, Whereabouts
from duty.rules.spans import span
from org.cards import names
from org.models import Appointment, Person, Post, Unit, in_language
from org.rules.codes import ancestors_and_self
from org.selectors.jurisdiction import visible_to
from org.selectors.register import held_now
from web.languages import LANGUAGES, in_both

Kind = Whereabouts.Kind
_AWAY = _("out of the county, %(place)s, until %(until)s")
_ON_LEAVE = _("on leave until %(until)s")
_BY_DOCUMENT = _("authorised by %(document)s")
_ORALLY = _("authorised orally, logged by %(name)s")
_SIGNS_FOR = _("%(deputy)s signs for %(leader)s (%(where)s; %(ground)s)")
_NOBODY = _("%(leader)s is %(where)s, and has authorised nobody who is here")


@dataclass(frozen=True)
class Stay:
    """Where somebody is at a moment, as the last one who wrote it down said. ``out``: out of the county."""

    person_id: int
    kind: str
    during: DateTimeTZRange
    filed_at: dt.datetime
    out: bool
    row: Whereabouts | Leave

    @property
    def absent(self) -> bool:
        return self.kind != Kind.IN_COUNTY

    @property
    def place(self) -> str:
        return getattr(self.row, "place", "")

    @property
    def words(self) -> dict[str, str]:
        """ "out of the county, Hangzhou, until …", in both languages."""
        until = span(self.during).rpartition(" – ")[2]
        values = {"place": _same(self.place or "–"), "until": _same(until)}
        return in_both(_AWAY if self.kind == Kind.AWAY else _ON_LEAVE, **values)


@dataclass(frozen=True)
class Signatory:
    """Who signs now for ``leader``: themselves, whoever they authorised while they are away, or nobody who is here."""

    leader: Person
    signer: Person | None
    stay: Stay | None = None
    authorisation: Authorisation | None = None
    titles: dict[int, dict[str, str]] = field(default_factory=dict)
    """Person → their first post, of those whom the words name."""

    @property
    def for_another(self) -> bool:
        return self.signer is not None and self.signer.pk != self.leader.pk

    @property
    def ground(self) -> dict[str, str]:
        return ground_of(self.authorisation) if self.authorisation else {}

    @property
    def words(self) -> str:
        """The sentence for a page; empty where the leader signs themselves."""
        if self.stay is None or not self.stay.absent:
            return ""
        both = words_of(self)
        return in_language(both["zh"], both["en"])


def words_of(found: Signatory) -> dict[str, str]:
    """Who signs for whom, or that nobody does, in both languages."""
    where = found.stay.words if found.stay else _same("")
    leader = _titled(found, found.leader)
    if found.signer is None:
        return in_both(_NOBODY, leader=leader, where=where)
    deputy = _titled(found, found.signer)
    return in_both(_SIGNS_FOR, deputy=deputy, leader=leader, where=where, ground=found.ground)


def _titled(found: Signatory, person: Person) -> dict[str, str]:
    """The name with the post before it."""
    name, title = names(person), found.titles.get(person.pk)
    if title is None:
        return name
    return {"zh": f"{title['zh']}{name['zh']}", "en": f"{title['en']} {name['en'] or name['zh']}"}


def _titles(people: Iterable[int]) -> dict[int, dict[str, str]]:
    rows = held_now(Appointment.objects.filter(person__in=list(people))).select_related("post")
    return {row.person_id: names(row.post) for row in rows.order_by("-role", "-post__rank", "-pk")}


def ground_of(row: Authorisation) -> dict[str, str]:
    if row.document:
        return in_both(_BY_DOCUMENT, document=_same(row.document))
    return in_both(_ORALLY, name=names(row.logged_by))


def _same(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def stays(people: Collection[int], at: dt.datetime | None = None) -> dict[int, Stay]:
    """Person → where they are at ``at`` (now when left out), of those of whom it was told; two queries."""
    moment = at or now()
    told = Whereabouts.objects.filter(person__in=people, withdrawn_at=None, during__contains=moment)
    found = [Stay(row.person_id, row.kind, row.during, row.filed_at, row.kind != Kind.IN_COUNTY, row)
             for row in told.select_related("filed_by").order_by("filed_at", "pk")]  # fmt: skip
    leaves = Leave.objects.filter(person__in=people, status=Leave.Status.APPROVED, during__contains=moment)
    found += [Stay(row.person_id, Kind.ON_LEAVE, row.during, row.decided_at or row.asked_at, row.abroad, row)
              for row in leaves]  # fmt: skip
    return {stay.person_id: stay for stay in sorted(found, key=lambda stay: stay.filed_at)}


def _authorisations(givers: Iterable[int], at: dt.datetime) -> list[Authorisation]:
    """In force at ``at``, the one logged last first."""
    rows = Authorisation.objects.filter(giver__in=list(givers), revoked_at=None, during__contains=at)
    return list(rows.filter(deputy__is_active=True).select_related("deputy", "giver", "logged_by").order_by("-pk"))


def signatories(people: Sequence[Person], matter: str = "", at: dt.datetime | None = None) -> dict[int, Signatory]:
    """Person → who signs for them in ``matter`` (empty: in anything) at ``at``; five queries however many."""
    moment = at or now()
    known = stays([person.pk for person in people], moment)
    away = [person.pk for person in people if person.pk in known and known[person.pk].absent]
    given = _authorisations(away, moment) if away else []
    deputies = stays({row.deputy_id for row in given}, moment) if given else {}
    able = [
        row for row in given
        if (not matter or matter in row.matters) and not (row.deputy_id in deputies and deputies[row.deputy_id].absent)
    ]  # fmt: skip
    titles = _titles([*away, *(row.deputy_id for row in able)]) if away else {}
    found = {}
    for person in people:
        if person.pk not in away:
            found[person.pk] = Signatory(person, person, known.get(person.pk))
            continue
        row = next((row for row in able if row.giver_id == person.pk), None)
        found[person.pk] = Signatory(person, row.deputy if row else None, known[person.pk], row, titles)
    return found


def signatory(who: Person | str, unit: Unit, at: dt.datetime | None = None, matter: str = "") -> Signatory | None:
    """Who may sign now for a person, or for whoever holds a post (by code) of ``unit``; None for a vacant post.

    ``matter``: a code of `duty.rules.matters`, such as "level_II" or "papers".
    """
    person = who if isinstance(who, Person) else _holder(who, unit)
    return signatories([person], matter, at)[person.pk] if person else None


def _holder(post: str, unit: Unit) -> Person | None:
    rows = held_now(Appointment.objects.filter(unit=unit, post__code=post)).select_related("person")
    first = rows.order_by("role", "pk").first()
    return first.person if first else None


def signs_for(deputy: Person, matter: str, path: str) -> list[Signatory]:
    """For whom this person may sign now in a matter at ``path``: leaders away who authorised it. Empty where the
    person is away themselves. Whether a leader may do the thing at all is for the caller to ask.
    """
    moment = now()
    rows = Authorisation.objects.filter(
        deputy=deputy, revoked_at=None, during__contains=moment, matters__contains=[matter],
        unit__path__in=ancestors_and_self(path), giver__is_active=True,
    )  # fmt: skip
    given = {row.giver_id: row.giver for row in rows.select_related("giver").order_by("-pk")}
    if not given or not deputy.is_active:
        return []
    return [one for one in signatories(list(given.values()), matter, moment).values() if one.signer == deputy]


def both_out(unit: Unit, at: dt.datetime | None = None) -> list[Stay]:
    """Where the heads of the county are when all of them are out of it at once; empty while one is in it."""
    return all_out([unit], at)[unit.pk]


def all_out(units: Iterable[Unit], at: dt.datetime | None = None) -> dict[int, list[Stay]]:
    """`both_out` of each of these counties, by id; four queries however many."""
    heads = _heads({unit.pk for unit in units})
    known = stays({pk for mine in heads.values() for pk in mine}, at)
    out = {unit: [known[pk] for pk in mine if pk in known and known[pk].out] for unit, mine in heads.items()}
    return {unit: found if found and len(found) == len(heads[unit]) else [] for unit, found in out.items()}


def heads_of(unit: Unit) -> list[int]:
    """The ids of the county's heads, the first one first."""
    return _heads({unit.pk})[unit.pk]


def _heads(units: Collection[int]) -> dict[int, list[int]]:
    posts = list(LeaderPost.objects.filter(head=True).values_list("post", flat=True))
    rows = held_now(Appointment.objects.filter(unit__in=units, post__code__in=posts, role="A"))
    found: dict[int, list[int]] = {unit: [] for unit in units}
    for unit, person in rows.order_by("post__rank", "pk").values_list("unit", "person"):
        found[unit] = list(dict.fromkeys([*found[unit], person]))
    return found


def out_then(people: Collection[int], during: DateTimeTZRange) -> list[Stay]:
    """Those of them who are out of the county, or asked to be, at some time of a range, with their stays."""
    rows = Whereabouts.objects.filter(person__in=people, withdrawn_at=None, during__overlap=during)
    found = [Stay(r.person_id, r.kind, r.during, r.filed_at, True, r) for r in rows.exclude(kind=Kind.IN_COUNTY)]
    leaves = Leave.objects.filter(person__in=people, abroad=True, during__overlap=during)
    leaves = leaves.filter(status__in=[Leave.Status.ASKED, Leave.Status.APPROVED])
    return found + [Stay(r.person_id, Kind.ON_LEAVE, r.during, r.asked_at, True, r) for r in leaves]


@dataclass(frozen=True)
class BothOut:
    """All other heads of a county are out of it, or would be, at the time that is asked for."""

    unit: Unit
    stays: list[Stay]

    def __str__(self) -> str:
        first = self.stays[0]
        values = {"unit": self.unit.label, "name": first.row.person.label, "time": span(first.during)}
        return str(_("Both heads of %(unit)s would be out of the county at once: %(name)s is out, %(time)s.") % values)


@dataclass
class Leader:
    """A leader of the county as the page shows them. ``posts``: those of the list that they hold."""

    person: Person
    posts: list[Post]
    head: bool
    stay: Stay | None
    signatory: Signatory
    coming: list[Whereabouts] = field(default_factory=list)
    given: list[Authorisation] = field(default_factory=list)
    own: bool = False
    may: bool = False

    @property
    def told(self) -> bool:
        return self.stay is not None

    @property
    def absent(self) -> bool:
        return self.stay is not None and self.stay.absent

    @property
    def gap(self) -> bool:
        """Away, and nobody who is here may sign for them."""
        return self.absent and self.signatory.signer is None


def leaders_of(unit: Unit, at: dt.datetime | None = None) -> list[Leader]:
    """The leaders of a county by the order of their posts, each once; a fixed number of queries."""
    moment = at or now()
    listed = {row.post: row for row in LeaderPost.objects.all()}
    rows = held_now(Appointment.objects.filter(unit=unit, post__code__in=list(listed), role="A"))
    held: dict[int, list[Appointment]] = {}
    for row in sorted(rows.select_related("person", "post"), key=lambda row: (listed[row.post.code].order, row.pk)):
        held.setdefault(row.person_id, []).append(row)
    people = [own[0].person for own in held.values()]
    signs = signatories(people, "", moment)
    coming, given = _coming(held, moment), _given(held, moment)
    return [
        Leader(
            own[0].person, [row.post for row in own], any(listed[row.post.code].head for row in own),
            signs[pk].stay, signs[pk], coming.get(pk, []), given.get(pk, []),
        )
        for pk, own in held.items()
    ]  # fmt: skip


def _coming(people: Iterable[int], at: dt.datetime) -> dict[int, list[Whereabouts]]:
    found: dict[int, list[Whereabouts]] = {}
    rows = Whereabouts.objects.filter(person__in=list(people), withdrawn_at=None, during__startswith__gt=at)
    for row in rows.exclude(kind=Kind.IN_COUNTY).order_by("during"):
        found.setdefault(row.person_id, []).append(row)
    return found


def _given(people: Iterable[int], at: dt.datetime) -> dict[int, list[Authorisation]]:
    """Authorisations in force or to come."""
    found: dict[int, list[Authorisation]] = {}
    rows = Authorisation.objects.filter(giver__in=list(people), revoked_at=None, during__endswith__gt=at)
    for row in rows.select_related("deputy", "logged_by").order_by("during", "pk"):
        found.setdefault(row.giver_id, []).append(row)
    return found


def deputies_for(unit: Unit, giver: Person) -> list[tuple[Person, Post]]:
    """Who may be authorised to sign for a leader: whoever holds a post of the county, the other leaders first."""
    listed = {row.post: row.order for row in LeaderPost.objects.all()}
    rows = held_now(Appointment.objects.filter(unit=unit, role="A", person__is_device=False))
    rows = rows.exclude(person=giver).select_related("person", "post")
    ranked = sorted(rows, key=lambda row: (listed.get(row.post.code, len(listed)), row.post.rank, row.pk))
    return list({row.person_id: (row.person, row.post) for row in reversed(ranked)}.values())[::-1]


def counties_of(person: Person) -> QuerySet[Unit]:
    rows = Unit.objects.filter(visible_to(person, "path"), level=Unit.Level.COUNTY, active=True)
    return rows.defer("boundary").order_by("path")


@dataclass(frozen=True)
class Line:
    """What the desk's home says of the leaders of the first county in sight."""

    here: int
    total: int
    untold: int
    gaps: int


def leaders_line(person: Person) -> Line | None:
    """None for whoever sees no county, and where no leader is on the register."""
    unit = counties_of(person).first()
    rows = leaders_of(unit) if unit else []
    if not rows:
        return None
    here = sum(row.told and not row.absent for row in rows)
    return Line(here, len(rows), sum(not row.told for row in rows), sum(row.gap for row in rows))
