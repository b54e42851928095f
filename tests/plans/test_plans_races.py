"""Two people at one plan at once: one does, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from journal.actions.recording import SYSTEM
from org.models import Person
from plans import actions
from plans.models import Plan, RevisionItem, Version
from tests.support.plans import COUNTY, flood
from web.errors import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> tuple[list[Any], list[Exception]]:
    """Run all at the same moment, each on a connection of its own; what they gave, and what they raised."""
    gate = threading.Barrier(len(acts))
    done: list[Any] = []
    refused: list[Exception] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            gate.wait(20)
            done.append(act())
        except Exception as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return done, refused


def approved() -> Version:
    version = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood())
    actions.submit(version.pk, by=SYSTEM)
    return actions.approve(version.pk, by=SYSTEM, document="1")


def test_of_two_new_versions_one_is_begun() -> None:
    plan = approved().plan_id
    done, refused = at_once(*[lambda: actions.draft_version(plan, by=SYSTEM)] * 3)
    assert len(done) == 1
    assert [type(error) for error in refused] == [Conflict, Conflict]
    assert Version.objects.filter(plan=plan, status="draft").count() == 1


def test_of_two_approvals_one_counts() -> None:
    version = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood())
    actions.submit(version.pk, by=SYSTEM)
    leader = Person.objects.get(username="leader")
    done, refused = at_once(
        lambda: actions.approve(version.pk, by=leader, document="1"),
        lambda: actions.send_back(version.pk, by=leader, reason="x"),
    )
    assert (len(done), len(refused)) == (1, 1)
    assert isinstance(refused[0], Conflict)
    status = refused[0].current["status"]
    assert Version.objects.get(pk=version.pk).status == status


def test_an_item_raised_while_the_plan_is_filed_is_before_it_or_after_it() -> None:
    version = approved()
    done, refused = at_once(
        lambda: actions.file(version.pk, by=SYSTEM, receipt="r"),
        lambda: actions.raise_item(version.plan_id, by=SYSTEM, source="law", text="x"),
    )
    filed = Version.objects.get(pk=version.pk).status == "filed"
    assert RevisionItem.objects.count() == 1
    assert filed == (len(refused) == 0)
    assert len(done) == 1 + filed
    assert [getattr(error, "code", "") for error in refused] == ([] if filed else ["open_items"])


def test_of_two_who_save_what_they_saw_one_is_told() -> None:
    version = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood())
    seen = Version.objects.get(pk=version.pk).generation
    done, refused = at_once(
        *[
            lambda name=name: actions.save_draft(version.pk, by=SYSTEM, document=flood(name=name), generation=seen)
            for name in ("甲", "乙")
        ]
    )
    assert (len(done), [getattr(error, "code", "") for error in refused]) == (1, ["changed"])
    assert Plan.objects.get().name == done[0].plan.name
