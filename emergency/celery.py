"""The Celery application: its beat ticks every second, its workers do the rounds.

No ETA is ever used (timers are rows, journal/timers.py).
"""

import logging.config
import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import beat_init, setup_logging, worker_init, worker_ready
from django.conf import settings
from django.dispatch import receiver
from django_structlog.celery.signals import bind_extra_task_metadata
from django_structlog.celery.steps import DjangoStructLogInitStep
from structlog.contextvars import bind_contextvars

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emergency.settings")
# No system checks at start: they ran with `migrate`, and a worker that was killed is back sooner.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

# Celery warns root at each start of tasks that come as pickles: ours are JSON, and nothing else is taken. In operation
# nobody is root: deploy/sanji.service and the containers have a user of their own.
warnings.filterwarnings("ignore", category=SecurityWarning)
app = Celery("sanji")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def log_as_all_processes_do(**_given: Any) -> None:
    """Without a receiver Celery puts handlers of its own in place of settings.LOGGING."""
    logging.config.dictConfig(settings.LOGGING)


@receiver(bind_extra_task_metadata)
def name_task(task: Any, **_given: Any) -> None:
    bind_contextvars(task=task.name)


@worker_ready.connect
def seal_what_waits(**_given: Any) -> None:
    """Seal at start what was written before the system stopped; beat's next task comes only in a minute."""
    app.send_task("journal.seal", expires=60)


@worker_init.connect
@beat_init.connect
def look_before_work(**_given: Any) -> None:
    """A demonstration's published logins end the start where DEMO is off (board/selectors/published.py); no wait
    without end.
    """
    from database import patience
    from emergency.start import refuse_what_is_published

    patience.begin()
    try:
        refuse_what_is_published()
    except Exception as error:  # Celery would log the exception and go on
        raise SystemExit(f"Refused to start: {error!r}") from error
