"""Saved filters of a person. Personal settings and no fact of the county: no event is recorded."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hazards.models import SavedFilter
from org.models import Person
from web.errors import Invalid, NotFound

MOST = 30
LONGEST = 600


@transaction.atomic
def keep_filters(*, by: Person, name: str, query: str) -> SavedFilter:
    """The same name again keeps the new filters under it. Invalid (``name``) without one, or for too many."""
    name = name.strip()
    if not name or len(name) > 60:
        raise Invalid.field("name", _("Give it a name of at most 60 characters."))
    if len(query) > LONGEST:
        raise Invalid.field("query", _("At most %(limit)s characters.") % {"limit": LONGEST})
    Person.objects.select_for_update().only("pk").get(pk=by.pk)
    others = SavedFilter.objects.filter(person=by).exclude(name=name).count()
    if others >= MOST:
        raise Invalid.field("name", _("You have %(most)s views already: delete one first.") % {"most": MOST})
    return SavedFilter.objects.update_or_create(person=by, name=name, defaults={"query": query})[0]


@transaction.atomic
def forget_filters(pk: int, *, by: Person) -> None:
    """NotFound for somebody else's, as for one that is not there."""
    if not SavedFilter.objects.filter(pk=pk, person=by).delete()[0]:
        raise NotFound
