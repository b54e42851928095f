"""Law: every code has one owner. Registries refuse a second one at import, and what the sources use is registered."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from command.selectors.areas import READERS
from command.selectors.proposals import OPENERS
from database.registry import CodeTaken, Registry, registries
from journal.actions.recording import SYSTEM, record
from journal.rules.subjects import SUBJECTS, UnknownKind
from journal.selectors.attachments import SEEN_BY
from journal.sentences import VERBS
from journal.states import machines
from journal.subscribers import SUBSCRIPTIONS
from notify.selectors.acts import ACTS
from tests.support.sources import APPS, ROOT, sources

EXPECTED = {
    "acts of alarms", "capabilities", "cards", "grounds of deadlines", "handover sections", "message codes",
    "numbers", "openers", "participants of exercises", "purges", "ranks of messages", "rounds", "signal kinds",
    "state tables",
    "subject kinds", "subjects that name units", "subjects with attachments", "subscribers", "timer kinds", "verbs",
}  # fmt: skip
MAY_BE_EMPTY = {"participants of exercises"}

# One owner a code ----------------------------------------------------------------------------------------------------


def test_all_registries_are_known_and_filled() -> None:
    """These tests would all pass on empty registries."""
    assert set(registries) >= EXPECTED
    assert [name for name in EXPECTED - MAY_BE_EMPTY if not registries[name]] == []


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_second_owner_is_refused_and_both_are_named(name: str) -> None:
    registry = registries[name]
    with registry.lent({}):
        for code in registry or [registry.register("test_code", object(), module="org.first") and "test_code"]:
            first = registry.owner(code)
            with pytest.raises(CodeTaken, match=rf"{first}\..*(mine\.sentences)"):
                registry.register(code, object(), module="mine.sentences")


def test_a_code_belongs_to_the_app_whose_module_is_imported(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    verbs = registries["verbs"]
    source = "from journal.sentences import sentence\nsentence('test.made', 'made')\n"
    with verbs.lent({}):
        exec(compile(source, "sentences.py", "exec"), {"__name__": "relocation.sentences"})  # noqa: S102 - an import
        assert verbs.owner("test.made") == "relocation"
        with pytest.raises(CodeTaken, match=r"test\.made.* relocation\.sentences .*drills\.sentences"):
            exec(compile(source, "sentences.py", "exec"), {"__name__": "drills.sentences"})  # noqa: S102
    assert "test.made" not in verbs


def test_two_registries_cannot_have_one_name() -> None:
    with pytest.raises(CodeTaken):
        Registry("verbs", "")


def test_every_code_belongs_to_an_app() -> None:
    owners = {registry.owner(code) for registry in registries.values() for code in registry}
    assert owners - {"tests"} <= set(APPS)


@pytest.mark.parametrize("registry", [machines, SEEN_BY, ACTS, OPENERS, READERS], ids=lambda registry: registry.name)
def test_what_is_said_of_a_kind_of_subject_is_said_by_its_owner(registry: Registry) -> None:
    assert {kind: registry.owner(kind) for kind in registry if kind not in SUBJECTS} == {}
    assert {kind for kind in registry if registry.owner(kind) != SUBJECTS.owner(kind)} == set()


def test_the_page_of_registries_is_what_is_registered() -> None:
    call_command("list_registries", check=True)


# Verbs, message codes, kinds of timers: what the sources say ---------------------------------------------------------

CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")
NO_CODES = re.compile(r".*\.(models|urls|urls_desk|tasks|purge|public)|unit\.code")
"""Modules, tasks and caches that are called like codes of their app, and a field's way to a unit's code."""
OLD = ("journal/rules/old_codes.py",)


def _codes_in_the_sources() -> Iterator[tuple[str, str]]:
    """Every constant that looks like a code whose first word is one of ours, and where it stands."""
    words = {code.partition(".")[0] for registry in registries.values() for code in registry if "." in code}
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and source.path not in OLD:
                code = node.value
                if CODE.fullmatch(code) and code.partition(".")[0] in words and not NO_CODES.fullmatch(code):
                    yield code, source.at(node)


def test_every_code_in_the_sources_is_registered() -> None:
    """So that what is passed about as a variable is covered too."""
    known = {code for registry in registries.values() for code in registry}
    found = dict(_codes_in_the_sources())
    assert len(found) > 200
    assert {code: place for code, place in found.items() if code not in known} == {}


def _handed_over(places: dict[str, int]) -> dict[str, str]:
    """Codes that the sources hand to these functions at these places, as constants or by name, and by whom."""
    found = {}
    for source in sources():
        module = source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for call, name in source.calls():
            place = places.get(name, len(call.args))
            for node in ast.walk(call.args[place]) if len(call.args) > place else ():
                value = node.value if isinstance(node, ast.Constant) else None
                if isinstance(node, ast.Name):
                    value = getattr(import_module(module), node.id, None)
                if isinstance(value, str) and CODE.fullmatch(value):
                    found[value] = source.path.partition("/")[0]
    return found


def _recorded_verbs() -> dict[str, str]:
    """Verbs named where facts are recorded, and those of the state tables, with the app that records them."""
    moves = {verb: machines.owner(kind) for kind, table in machines.items() for verb in table.moves.values()}
    places = {"record": 0, "Fact": 0, "announce": 0, "Announcement": 0, "tell": 2, "fact_of": 2}
    return moves | _handed_over(places)


def test_every_verb_that_is_recorded_has_one_sentence_and_its_own_app_s() -> None:
    recorded = _recorded_verbs()
    assert len(recorded) > 130
    assert {verb: app for verb, app in recorded.items() if verb not in VERBS} == {}
    assert {verb: app for verb, app in recorded.items() if VERBS.owner(verb) != app} == {}


@pytest.mark.parametrize(("function", "place", "name"), [("Setting", 0, "timer kinds"), ("Notice", 1, "message codes")])
def test_every_timer_has_a_handler_and_every_message_its_words(function: str, place: int, name: str) -> None:
    found, registry = _handed_over({function: place}), registries[name]
    assert len(found) > 4
    assert {code: app for code, app in found.items() if code not in registry} == {}
    assert {code: app for code, app in found.items() if registry.owner(code) != app} == {}


def test_every_verb_that_is_subscribed_to_is_one() -> None:
    heard = {verb: name for name, subscription in SUBSCRIPTIONS.items() for verb in subscription.verbs}
    assert {verb: name for verb, name in heard.items() if verb not in VERBS} == {}


# Kinds of subjects ---------------------------------------------------------------------------------------------------

KIND = re.compile(r"([a-z_]+):")
NO_KINDS = {
    "celery": "the name of a pulse",
    "page": "the key of a form that was sent",
    "address": "who sends a file or a request",
    **dict.fromkeys(
        ("browser", "platform", "public", "session", "token", "wrong_tokens", "wrong_passwords"), "who sends a request"
    ),
}
SQL_KIND = re.compile(r"'([a-z_]+):(?:%%|' ?\|\|)")
HEARS = re.compile(r'data-hears="([^"]*)"')


def _kinds_in_the_sources() -> Iterator[tuple[str, str]]:
    """``f"kind:{number}"``, ``'kind:' || id`` and ``LIKE 'kind:%%'`` in SQL, and where."""
    for source in sources():
        for node in ast.walk(source.tree):
            first = node.values[0] if isinstance(node, ast.JoinedStr) and len(node.values) > 1 else None
            if isinstance(first, ast.Constant) and (made := KIND.fullmatch(str(first.value))):
                yield made[1], source.at(node)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from ((kind, source.at(node)) for kind in SQL_KIND.findall(node.value))


def test_every_kind_of_subject_in_the_sources_is_registered() -> None:
    found = dict(_kinds_in_the_sources())
    assert len(found) > 30
    assert {kind: place for kind, place in found.items() if kind not in SUBJECTS and kind not in NO_KINDS} == {}
    assert {kind for kind in NO_KINDS if kind not in found} == set()


def test_every_kind_that_a_page_waits_for_is_registered() -> None:
    """A fragment that names no kind would never be fetched again, and nobody would see why."""
    heard = [
        (kind, template.name)
        for template in (ROOT / "templates").rglob("*.html")
        for names in HEARS.findall(template.read_text(encoding="utf-8"))
        for kind in KIND.findall(names)
    ]
    assert len(heard) > 50
    assert {(kind, template) for kind, template in heard if kind not in SUBJECTS} == set()


def test_every_kind_of_subject_is_of_a_model_of_its_app() -> None:
    models = {kind: model for kind, model in SUBJECTS.items() if model}
    assert {model._meta.label for model in map(apps.get_model, models.values())} == set(models.values())
    assert {kind for kind, model in models.items() if model.partition(".")[0] != SUBJECTS.owner(kind)} == set()


def test_an_event_of_an_unregistered_kind_of_subject_is_refused(db: None) -> None:
    with transaction.atomic(), pytest.raises(UnknownKind, match="nonsense:1"):
        record("test.happened", "nonsense:1", "33", by=SYSTEM)


# Subscribers ---------------------------------------------------------------------------------------------------------


def test_subscribers_have_names_of_their_own() -> None:
    """Not the function's path: relays that wait must find a function that was moved meanwhile."""
    paths = {one.function: f"{one.function.__module__}.{one.function.__qualname__}" for one in SUBSCRIPTIONS.values()}
    assert len(paths) == len(SUBSCRIPTIONS), "one name a function"
    assert [name for name, one in SUBSCRIPTIONS.items() if name == paths[one.function]] == []
    assert [name for name in SUBSCRIPTIONS if not re.fullmatch(r"[a-z_]+\.[a-z_]+", name)] == []
    assert {name for name in SUBSCRIPTIONS if name.partition(".")[0] not in APPS} == set()


NAMES = {
    "command.climb_at_once", "command.hand_on", "command.release_what_waited",
    "duty.call_the_stand_in", "duty.end_their_calendar_addresses", "duty.look_where_they_served",
    "duty.look_where_they_were_on_duty", "duty.look_whether_they_can_be_called", "duty.tell_that_the_clock_jumped",
    "early_warning.lapse_proposals", "early_warning.look_at_hazards_again", "early_warning.propose_by_what_is_in_force",
    "early_warning.propose_levels", "early_warning.weigh", "notify.wait_no_longer",
}  # fmt: skip


def test_no_name_of_a_subscriber_is_lost() -> None:
    """Rows hold these names. One that goes leaves relays that nobody hears: see journal/rules/old_codes.py."""
    assert set(SUBSCRIPTIONS) >= NAMES
