"""Django's backend for PostGIS, which gives up a kept connection that does not answer soon (CONN_HEALTH_CHECKS)."""

from __future__ import annotations

from django.contrib.gis.db.backends.postgis import base

from database import patience


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        with patience.at_most(patience.CHECK_S):
            return super().is_usable()
