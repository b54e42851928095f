"""The duty desk: who is there now, and who handles an incident until it has a commander."""

from __future__ import annotations

from duty.selectors import fanout
from org.models import Person, Post, Unit
from org.rules.capabilities import APPROVALS
from org.rules.codes import ancestors_and_self, county_of
from org.selectors.headquarters import standing_of
from org.selectors.jurisdiction import jurisdiction_of

DESK = {Unit.Level.COUNTY: "county_duty_officer", Unit.Level.TOWNSHIP: "township_duty"}
"""Level of a unit → the post of its duty desk."""


def desk_of(unit: Unit) -> list[Person]:
    """Who is at the duty desk of the unit, or of the nearest unit above it that has one."""
    posts = {post.level: post for post in Post.objects.filter(code__in=DESK.values())}
    above = Unit.objects.filter(path__in=ancestors_and_self(unit.path), active=True).defer("boundary", "seat")
    for place in above.order_by("-path"):
        if place.level in posts:
            people = [line.person for line in fanout.lines_for([place], [posts[place.level]]) if line.person]
            if people:
                return people
    return []


def county_desk(unit: Unit) -> list[Person]:
    county = Unit.objects.filter(path=county_of(unit.path)).defer("boundary", "seat").first()
    return desk_of(county) if county else []


def desk_officer_for(unit: Unit, by: Person) -> Person:
    """Who handles an incident that ``by`` registers: they themselves, or, where a leader who approves levels registered
    it by a decision, whoever is on duty at the desk.
    """
    grants = jurisdiction_of(by).grants.values()
    leads = any(APPROVALS & allowed for allowed in grants) or bool(standing_of(by).seats)
    return next(iter(desk_of(unit)), by) if leads else by
