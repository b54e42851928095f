"""Wiring: settings, URLs, ASGI, Celery, middleware. Nothing of the domain lives here."""

from emergency.celery import app as celery_app

__all__ = ["celery_app"]
