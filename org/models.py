"""Units, people, posts, appointments and the responsibility register: who may be called, where, for what.

Jurisdiction is the tree: a unit's ``path`` is its statistical code cut into levels (``33.11.26.206.201``), and
everything that asks "may this person see it" is a prefix question on such a path (org/selectors/jurisdiction.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from database.fields import LineField, NameField, SortKeyField
from org.rules.hazard_kinds import HAZARD_KINDS


def in_language(zh: str, en: str) -> str:
    """The Chinese name, or the English one where the reader reads English and there is one."""
    return en if en and (get_language() or "").startswith("en") else zh


class Unit(models.Model):
    """A government level (county, township, village) or a department under its government."""

    class Level(models.TextChoices):
        COUNTY = "county", _("county")
        TOWNSHIP = "township", _("township")
        VILLAGE = "village", _("village")
        DEPARTMENT = "department", _("department")

    code = models.CharField(_("code"), max_length=12, unique=True)
    path = models.CharField(_("path"), max_length=40, unique=True, db_collation="C")
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = NameField(_("name"), max_length=80)
    name_en = LineField(_("name in English"), max_length=120, blank=True)
    sort_key = SortKeyField()
    boundary = models.MultiPolygonField(_("boundary"), srid=4326, null=True, blank=True)
    boundary_source = models.CharField(_("source of the boundary"), max_length=160, blank=True)
    boundary_approximate = models.BooleanField(_("approximate boundary"), default=False)
    seat = models.PointField(_("seat"), srid=4326, null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    phone = LineField(_("duty phone"), max_length=24, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["path"]
        indexes = [models.Index(fields=["parent", "path"], name="unit_parent_path")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def boundary_note(self) -> str:
        """What a reader of the map must know of the boundary: its source, or that it is only an approximation."""
        return str(_("approximate demonstration geometry")) if self.boundary_approximate else self.boundary_source


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        """As it is spelled; else in another case (a phone's keyboard writes Officer), where that is one person."""
        try:
            return self.get(username=username)
        except self.model.DoesNotExist:
            found = list(self.filter(username__iexact=username)[:2])
            if len(found) != 1:
                raise
            return found[0]

    create_superuser: ClassVar[Callable[..., Person]]
    """What ``manage.py createsuperuser`` calls: an action, which org/apps.py sets here."""


class Person(AbstractBaseUser):
    """Somebody who can be called; with a username and a password also somebody who can sign in."""

    username = LineField(_("username"), max_length=60, unique=True)
    name = NameField(_("name"), max_length=40)
    name_en = LineField(_("name in English"), max_length=60, blank=True)
    sort_key = SortKeyField(person=True)
    phone = LineField(_("phone"), max_length=24, blank=True)
    phone_confirmed_at = models.DateTimeField(_("phone last confirmed"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=8, default="zh-hans")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    is_superuser = models.BooleanField(_("administrator"), default=False)
    is_device = models.BooleanField(_("a wall screen, not a person"), default=False)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_key", "id"]
        indexes = [models.Index(fields=["phone"], name="person_phone")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)

    def get_full_name(self) -> str:
        return self.label

    def get_short_name(self) -> str:
        return self.label

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Django's own permissions are used by its admin only, which is for administrators."""
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_superuser


class Post(models.Model):
    """A post (岗位) that units of one level have, and what whoever holds it may do in the unit's subtree.

    ``capabilities`` is a list of the codes in org/rules/capabilities.py.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    level = models.CharField(_("level"), max_length=12, choices=Unit.Level.choices)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60)
    rank = models.PositiveSmallIntegerField(_("rank"), help_text=_("1 leads the unit; larger numbers come after."))
    capabilities = models.JSONField(_("capabilities"), default=list, blank=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["level", "rank", "code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


class Appointment(models.Model):
    """A person holds a post in a unit, as A (first) or B (stands in), from a moment until another (half-open)."""

    class Role(models.TextChoices):
        A = "A", _("A role")
        B = "B", _("B role")

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="appointments")
    role = models.CharField(_("role"), max_length=1, choices=Role.choices, default=Role.A)
    valid_from = models.DateTimeField(_("from"))
    valid_to = models.DateTimeField(_("until"), null=True, blank=True)

    # Set by the selectors and views of the pages that show it
    screen: str  # of a device: its name (board/selectors/access.py)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["unit__path", "post__rank", "role", "id"]
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="appointment_once", fields=["person", "post", "unit"], condition=Q(valid_to__isnull=True)
            ),
        ]
        indexes = [
            # Partial index for appointments held now: the fan-out of an order and every permission check ask for them.
            models.Index(fields=["unit", "post", "role"], name="appointment_held", condition=Q(valid_to__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.unit_id}/{self.post_id}{self.role}"


class Responsibility(models.Model):
    """The register: who answers for a unit or a site against one kind of hazard (lead, deputy, superior)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="responsibilities")
    site = LineField(_("site"), max_length=80, blank=True)
    hazard_kind = models.SlugField(_("kind of hazard"), max_length=40)
    lead = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="leads")
    deputy = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="deputises")
    superior = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="oversees")

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibility register")
        ordering = ["unit__path", "hazard_kind", "site"]
        constraints = [models.UniqueConstraint(fields=["unit", "site", "hazard_kind"], name="responsibility_once")]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.hazard_kind}/{self.site}"

    @property
    def kind_label(self) -> str:
        return str(HAZARD_KINDS.get(self.hazard_kind, self.hazard_kind))


class TokenNote(models.Model):
    """What is told of an API token beside knox's own row: what it is for, and when it was last used (coarsely)."""

    token = models.OneToOneField("knox.AuthToken", models.CASCADE, primary_key=True, related_name="note")
    name = models.CharField(_("what it is for"), max_length=60, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("note on an API token")
        verbose_name_plural = _("notes on API tokens")

    def __str__(self) -> str:
        return self.name


class SignInCount(models.Model):
    """Failed sign-ins under one name from one client, and the lock that they led to (org/selectors/sign_ins.py).

    ``username`` as `counted_name` has it, names that are nobody's among them; ``client`` is "address:…", "browser:…" or
    "desk:…".
    """

    username = models.CharField(max_length=255)
    client = models.CharField(max_length=80)
    failures = models.PositiveIntegerField(default=0)
    locks = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_default=DatabaseNow())
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_until = models.DateTimeField(null=True, blank=True)
    spared_until = models.DateTimeField(null=True, blank=True)

    # Set by board/selectors/access.py: the two parts of `client`
    kind: str
    place: str

    class Meta:
        ordering = ["username", "client"]
        constraints = [models.UniqueConstraint(fields=["username", "client"], name="sign_in_count_once")]

    def __str__(self) -> str:
        return f"{self.username} {self.client}"


class Demonstration(models.Model):
    """That this database was founded as a demonstration, with passwords that everybody knows, and until when.

    Whatever was let in meanwhile (screens, API tokens) may be anybody's, for anybody could sign in.
    """

    founded_at = models.DateTimeField(db_default=DatabaseNow())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("demonstration")
        verbose_name_plural = _("demonstrations")
        constraints = [
            models.UniqueConstraint(fields=["ended_at"], name="demonstration_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.founded_at:%Y-%m-%d}"
