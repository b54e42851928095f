"""What the API answers of the journal, for its schema; journal/live/frames.py makes the frames, and a test holds them
together."""

from __future__ import annotations

from rest_framework import serializers as s


class Frame(s.Serializer):
    """One event, as sockets carry it. ``card`` is the journal's snapshot of the subject after it, by its ``type``."""

    seq = s.IntegerField()
    at = s.DateTimeField()
    verb = s.CharField()
    subject = s.CharField(help_text="order:17")
    unit = s.CharField()
    card = s.DictField(allow_null=True)
    exercise = s.IntegerField(required=False)


class Events(s.Serializer):
    """``reset``: load everything anew. Where ``epoch`` changes, a backup was restored. ``now``: by the database."""

    results = Frame(many=True)
    newest = s.IntegerField()
    epoch = s.CharField()
    reset = s.BooleanField()
    now = s.DateTimeField()
