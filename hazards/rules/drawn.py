"""A column that was: migration 0003 names it, and 0007 removes it."""

from __future__ import annotations

from django.db import models
from django.db.models import Func


class Drawn(Func):
    """A ticket as GeoJSON but for its last member, which depends on the hour (``late``), and the closing brackets.

    Kept with the ticket, because a map of thousands is asked for far more often than one of them changes. Every part
    is a number or one of our own words: nothing has to be escaped.
    """

    output_field = models.TextField()
    arity = 0
    template = """('{"type":"Feature","id":' || "id"::text
        || ',"geometry":{"type":"Point","coordinates":[' || round(ST_X("point")::numeric, 5)::text
        || ',' || round(ST_Y("point")::numeric, 5)::text || ']},"properties":{"ref":"' || "ref"
        || '","kind":"' || "kind" || '","grade":"' || "grade" || '","status":"' || "status"
        || '","people":' || "people_at_risk"::text)"""
