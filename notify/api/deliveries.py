"""``/api/v1/deliveries/``: what became of messages outside the screens, within the reader's jurisdiction."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from journal.selectors.participants import world_of_request
from notify.gateways.contract import IN_APP
from notify.models import Delivery
from org.api.representations import PersonName
from org.selectors.jurisdiction import visible_to
from web.reading import ReadOnly


class DeliveryAnswer(serializers.Serializer):
    """``state``: queued, handed_over (outcome unknown), sent, delivered, failed, cancelled. ``repeated``: given to the
    gateway again although the outcome was unknown. Where a place is told ``person`` is null, and ``phone``
    its unit's code.
    """

    id = serializers.IntegerField()
    reference = serializers.CharField(allow_blank=True)
    person = PersonName(allow_null=True)
    about = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)
    channel = serializers.CharField()
    account = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    outcome = serializers.CharField(allow_blank=True)
    handed_over_at = serializers.DateTimeField(allow_null=True)
    reached_at = serializers.DateTimeField(allow_null=True)
    heard_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    attempts = serializers.IntegerField()
    repeated = serializers.BooleanField()
    parts = serializers.IntegerField()
    fee_fen = serializers.IntegerField()
    error = serializers.CharField(allow_blank=True)


def delivery(row: Delivery) -> dict[str, Any]:
    """Needs ``row.message.person`` and ``row.account``."""
    person = row.message.person
    return {
        "id": row.pk,
        "reference": row.reference,
        "person": {"id": person.pk, "name": person.label} if person is not None else None,
        "about": row.message.subject,
        "phone": row.address,
        "channel": row.channel,
        "account": row.account.code if row.account else None,
        "state": row.state,
        "outcome": row.outcome,
        "handed_over_at": row.handed_over_at,
        "reached_at": row.delivered_at,
        "heard_at": row.heard_at,
        "answered_at": row.answered_at,
        "attempts": row.attempts,
        "repeated": row.repeated,
        "parts": row.parts,
        "fee_fen": row.fee_fen,
        "error": row.error,
    }


class DeliveryFilter(django_filters.FilterSet):
    order = django_filters.NumberFilter(method="of_order")
    person = django_filters.NumberFilter(field_name="message__person")

    class Meta:
        model = Delivery
        fields = ("channel", "state", "outcome")

    def of_order(self, rows: QuerySet[Delivery], name: str, value: Any) -> QuerySet[Delivery]:
        return rows.filter(message__group=f"order:{int(value)}")


class DeliveryViewSet(ReadOnly):
    """Outside the screens: texts, calls, app messages, and the like. The newest first."""

    queryset = Delivery.objects.none()
    filterset_class = DeliveryFilter
    shown = staticmethod(delivery)
    shape = DeliveryAnswer

    def get_queryset(self) -> QuerySet[Delivery]:
        rows = Delivery.objects.filter(visible_to(self.request.user, "message__unit_path")).exclude(channel=IN_APP)
        rows = rows.filter(world_of_request(self.request).rows("message__"))
        return rows.select_related("message__person", "account").order_by("-id")
