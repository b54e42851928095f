"""The Celery application: its beat ticks, its workers fire.

No ETA is ever used (timers are rows, journal/timers.py).
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emergency.settings")

app = Celery("sanji")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
