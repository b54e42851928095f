"""Listing and retrieving what may belong to an exercise."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from journal.selectors.participants import world_of_request
from web.reading import ReadOnly


class ReadInWorld(ReadOnly):
    """Lists hold the rows of the request's world alone; one that is asked for by its id is found in any."""

    exercise_through = ""
    """The way from a row to what says which exercise it belongs to."""

    def in_world(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(world_of_request(self.request).rows(self.exercise_through))
