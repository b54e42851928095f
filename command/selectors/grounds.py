"""The grounds of a proposed level as one sentence that can stand in a request for approval (请示): who issued what and
when, where, how many people are threatened, by which condition of which plan, what is proposed, who approves.

Kept as data on the proposal and said in the reader's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, override, pgettext

from command.models import Proposal
from journal.sentences import in_reader_language
from org.cards import names
from org.models import Headquarters, HeadquartersMember, Post, Unit
from plans.rules.words import LEVEL_WORDS
from plans.selectors.headquarters import headquarters_of
from plans.selectors.matching import Suggestion
from plans.selectors.signals import COLOURS, Signal, say_grounds
from web.languages import LANGUAGES, in_both

NAMED = 5
"""Townships that stand in the sentence by name; of more it says how many."""


def request_of(signal: Signal, suggestion: Suggestion) -> dict[str, Any]:
    """What is kept beside the grounds themselves."""
    plan = suggestion.version.plan
    body = headquarters_of(plan)
    return {
        **signal.told,
        "plan": names(plan),
        "condition": suggestion.condition,
        "body": _body(body, signal.unit),
        "approver": _approver(suggestion.approver, body),
    }


def _body(body: Headquarters | None, unit: Unit) -> dict[str, str]:
    if body is None:
        return names(unit)
    return {"zh": body.short_name or body.name, "en": body.name_en or body.name}


def _approver(code: str, body: Headquarters | None) -> dict[str, str]:
    """A post, or a role of the headquarters ("headquarters:commander")."""
    post = Post.objects.filter(code=code).first()
    if post is not None:
        return names(post)
    role = code.partition(":")[2]
    if role in HeadquartersMember.Role.values:
        seat = in_both(HeadquartersMember.Role(role).label)
        return {**seat, "zh": f"{body.short_name}{seat['zh']}"} if body else seat
    return {"zh": code, "en": code}


def grounds_in_both(proposal: Proposal) -> dict[str, str]:
    """For messages and the journal, which are written once."""
    said = {}
    for key, language in LANGUAGES.items():
        with override(language):
            said[key] = grounds_text(proposal)
    return said


def grounds_text(proposal: Proposal) -> str:
    """In the reader's language; of a proposal from before its title and what met the plan."""
    told = {name: in_reader_language(value) if name in SAID else value for name, value in proposal.told.items()}
    title = in_reader_language(proposal.title) if proposal.title else proposal.subject
    if "plan" not in told:
        return pgettext("between reasons", "; ").join([str(title), *say_grounds(proposal.grounds)])
    level = LEVEL_WORDS[proposal.level]
    asked = _(
        "Under condition %(number)s for the %(level)s in “%(plan)s”, it is proposed that %(body)s start the %(level)s, "
        "for approval by: %(approver)s."
    ) % {**told, "number": told["condition"], "level": level}
    return _("%(happened)s. %(asked)s") % {"happened": _happened(proposal, told, str(title)), "asked": asked}


SAID = ("plan", "body", "approver", "issuer", "event")


def _happened(proposal: Proposal, told: Mapping[str, Any], title: str) -> str:
    if "issued_at" in told:
        values = {"issuer": told["issuer"], "at": _moment(told["issued_at"]), "event": told["event"],
                  "colour": COLOURS.get(told["colour"], told["colour"]), "where": _where(told)}  # fmt: skip
        return _("%(issuer)s issued its %(colour)s warning (%(event)s) at %(at)s, covering %(where)s") % values
    found = pgettext("between words of a list", ", ").join(say_grounds(proposal.grounds))
    return _("%(title)s (%(found)s)") % {"title": title, "found": found}


def _where(told: Mapping[str, Any]) -> str:
    towns = [str(in_reader_language(one)) for one in told["townships"]]
    comma = pgettext("between words of a list", ", ")
    counts = []
    if told["whole"]:
        where = _("the whole county")
    else:
        where = comma.join(towns[:NAMED]) + (_(" and others") if len(towns) > NAMED else "")
    counts.append(ngettext("%(n)s township", "%(n)s townships", len(towns)) % {"n": len(towns)})
    villages = npgettext("in a sentence", "%(n)s village", "%(n)s villages", told["villages"])
    counts.append(villages % {"n": told["villages"]})
    if told["people"]:
        counts.append(
            ngettext("%(n)s person threatened", "%(n)s people threatened", told["people"]) % {"n": told["people"]}
        )
    return _("%(where)s (%(counts)s)") % {"where": where, "counts": comma.join(counts)}


def _moment(text: str) -> str:
    moment = localtime(dt.datetime.fromisoformat(text))
    return formats.date_format(moment, pgettext("date format: 03:26 on 30 November 2026", r"H:i \o\n j F Y"))
