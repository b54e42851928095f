"""Request serializers of official papers. They validate the form only; actions decide what may be done."""

from __future__ import annotations

from rest_framework import serializers


class PaperSignature(serializers.Serializer):
    """``serve``: in the same act it goes to its addressees."""

    serve = serializers.BooleanField(required=False, default=True)


class Withdrawal(serializers.Serializer):
    reason = serializers.CharField(max_length=5000, allow_blank=True)


class PaperReceipt(serializers.Serializer):
    unit = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class Wording(serializers.Serializer):
    paragraphs = serializers.ListField(child=serializers.CharField(max_length=4000, allow_blank=True), max_length=100)
    expected = serializers.IntegerField(min_value=0)
