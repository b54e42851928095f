"""Context processor for the frame of every page. Nothing is queried until a template reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from journal.rules.world import REAL, World
from journal.selectors.participants import world_of_request
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of
from web.requests import Request

THEME_COOKIE = "sanji_theme"
THEMES = ("dark", "light")


@dataclass(frozen=True)
class Section:
    """A place in the rail: its address, icon, and the key that follows ``g``."""

    key: str
    label: Promise
    href: str
    icon: str
    letter: str


SECTIONS = (
    Section("map", _("Map"), "/", "map", "m"),
    Section("incidents", _("Incidents"), "/incidents/", "incident", "i"),
    Section("orders", _("Orders"), "/orders/", "orders", "o"),
    Section("warnings", _("Warnings"), "/warnings/", "warning", "w"),
    Section("hazards", _("Hazards"), "/hazards/", "flag", "h"),
    Section("duty", _("Duty"), "/duty/", "clock", "d"),
    Section("papers", _("Papers"), "/papers/", "pencil", "s"),
    Section("plans", _("Plans"), "/plans/", "file-text", "p"),
)
WALL = Section("wall", _("Wall"), "/wall/", "wall", "l")
REGISTER = Section("register", _("Register"), "/register/", "building", "r")
ADMIN = Section("admin", _("Admin"), "/admin/", "admin", "a")


class Frame:
    """The frame of one request. ``stats`` comes from ``board.selectors.frame_for(person)``, read at most once."""

    def __init__(self, request: Request) -> None:
        self._request = request

    @property
    def theme(self) -> str:
        """``dark`` or ``light`` as chosen, empty when the system decides."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def person(self) -> Any | None:
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration, which has telephones to look at."""
        return settings.DEMO

    @property
    def initial(self) -> str:
        """First character of the person's name, for the avatar."""
        return str(self.person)[:1]

    @property
    def sections(self) -> tuple[Section, ...]:
        keeps = (REGISTER,) if self.person and jurisdiction_of(self.person).keeps(capabilities.REGISTER) else ()
        administers = (ADMIN,) if self.person and self.person.is_staff else ()
        return (*SECTIONS, WALL, *keeps, *administers)

    @property
    def section(self) -> str:
        """Key of the section that the address lies in."""
        path = self._request.path
        if path == "/":
            return "map"
        return next((s.key for s in self.sections if s.href != "/" and path.startswith(s.href)), "")

    @property
    def show(self) -> str:
        """The counter that filters what is shown: silent, overdue or reports_due."""
        return self._request.GET.get("show", "")

    @property
    def search_href(self) -> str:
        """Address of the search; without one the frame offers none."""
        try:
            return reverse("search")
        except NoReverseMatch:
            return ""

    @cached_property
    def world(self) -> World:
        """What the page's figures and lists speak of (journal/rules/world.py)."""
        return REAL if self.person is None else world_of_request(self._request)

    @cached_property
    def stats(self) -> Any | None:
        """``board.selectors.Stats``: county, post, running level, the three counters and their moment."""
        if self.person is None:
            return None
        # A late import: the error pages must render even when the board's selectors cannot be imported.
        from board.selectors import frame_for

        return frame_for(self.person, self.world)


def frame(request: Request) -> dict[str, Frame]:
    return {"frame": Frame(request)}
