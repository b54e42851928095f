"""The Celery application: its beat ticks, its workers fire.

No ETA is ever used (timers are rows, journal/timers.py).
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emergency.settings")
# Django's checks of the code ran when the system was prepared (`migrate`); a worker that was killed is back sooner.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("sanji")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
