"""``/api/v1/units/`` and ``/api/v1/posts/``: reading; units by code, inside one's jurisdiction."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django_filters.widgets import BooleanWidget
from rest_framework import viewsets

from org.api.representations import PostSerializer, UnitSerializer
from org.models import Post, Unit
from org.rules.codes import normalise
from org.selectors.jurisdiction import visible_to, within
from org.selectors.search import search_units
from org.selectors.unit_filters import UNIT_FILTERS
from web.errors import NotFound
from web.requests import ApiRequest


class UnitFilter(django_filters.FilterSet):
    """``under`` takes a code: that unit and everything beneath it. ``q`` searches names and codes."""

    level = django_filters.ChoiceFilter(choices=Unit.Level.choices)
    parent = django_filters.CharFilter(method="by_parent")
    under = django_filters.CharFilter(method="by_ancestor")
    q = django_filters.CharFilter(method="by_text")

    class Meta:
        model = Unit
        fields = ("level", "active")

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        """Those of apps above too: they have registered theirs before the first address is resolved."""
        more = {
            code: django_filters.BooleanFilter(
                code, method="by_question", help_text=asked.about, widget=BooleanWidget()
            )
            for code, asked in UNIT_FILTERS.items()
        }
        return {**super().get_filters(), **more}

    def by_question(self, units: QuerySet[Unit], name: str, value: bool | None) -> QuerySet[Unit]:
        return units if value is None else UNIT_FILTERS[name].narrow(units, value)

    def by_parent(self, units: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        return units.filter(parent__code=_code(value))

    def by_ancestor(self, units: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        top = Unit.objects.filter(code=_code(value)).values_list("path", flat=True).first()
        return units.none() if top is None else units.filter(within([top], "path"))

    def by_text(self, units: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        return units.filter(pk__in=search_units(self.request.user, value).values("pk"))


def _code(text: str) -> str:
    """The code in its normal form; what is no code at all is left to match nothing."""
    try:
        return normalise(text)
    except ValueError:
        return ""


class UnitViewSet(viewsets.ReadOnlyModelViewSet):
    request: ApiRequest
    serializer_class = UnitSerializer
    filterset_class = UnitFilter
    lookup_field = "code"
    lookup_value_regex = "[0-9A-Za-z]{6,15}"

    def get_queryset(self) -> QuerySet[Unit]:
        if getattr(self, "swagger_fake_view", False):
            return Unit.objects.none()
        seen = Unit.objects.filter(visible_to(self.request.user, "path"))
        return seen.select_related("parent").defer("boundary", "parent__boundary")

    def get_object(self) -> Unit:
        unit = self.get_queryset().filter(code=_code(self.kwargs["code"])).first()
        if unit is None:
            raise NotFound()
        return unit


class PostViewSet(viewsets.ReadOnlyModelViewSet):
    """The posts that units of each level have; the same for everybody who is signed in."""

    request: ApiRequest
    queryset = Post.objects.all()
    serializer_class = PostSerializer
    lookup_field = "code"
    filterset_fields = ("level",)
