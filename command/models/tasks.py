"""What a running response asks for: its tasks, and the conditions of its end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Task(models.Model):
    """One action of the plan for one post of one unit: held back until its predecessors are done, or out as an
    assignment, or withdrawn by a lower level. ``due_at``: the action's T+ minutes after the response's start, or after
    the change of level that asked for it.
    """

    class Status(models.TextChoices):
        HELD = "held", _("held back")
        OUT = "out", _("ordered")
        WITHDRAWN = "withdrawn", _("withdrawn")

    response = models.ForeignKey("command.Response", models.PROTECT, related_name="tasks")
    action = models.ForeignKey("plans.Action", models.PROTECT, related_name="+")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    post = models.ForeignKey("org.Post", models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.HELD)
    due_at = models.DateTimeField(_("due at"))
    generation = models.PositiveIntegerField(default=0)

    undone: bool  # Set by selectors/levelling.py `live_tasks`

    class Meta:
        verbose_name = _("task of a response")
        verbose_name_plural = _("tasks of a response")
        ordering = ["response", "due_at", "id"]
        constraints = [
            # A task that was withdrawn and asked for again is a new one.
            models.UniqueConstraint(
                name="task_once", fields=["response", "action", "unit", "post"], condition=~Q(status="withdrawn")
            )
        ]

    def __str__(self) -> str:
        return f"{self.response_id}/{self.action_id}/{self.unit_id}"


class EndCondition(models.Model):
    """A condition of ending a response, with who says that it is met (docs/domain.md 2)."""

    class Code(models.TextChoices):
        NOBODY_MISSING = "nobody_missing", _("nobody is missing")
        SECONDARY_DANGERS = "secondary_dangers_controlled", _("secondary dangers are under control")
        FINAL_REPORT = "final_report_drafted", _("a final report is drafted")

    response = models.ForeignKey("command.Response", models.CASCADE, related_name="conditions")
    code = models.CharField(max_length=40, choices=Code.choices)
    met = models.BooleanField(_("met"), default=False)
    note = models.CharField(_("grounds"), max_length=300, blank=True)
    said_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    said_at = models.DateTimeField(_("said at"), null=True, blank=True)

    class Meta:
        ordering = ["response", "id"]
        constraints = [models.UniqueConstraint(name="end_condition_once", fields=["response", "code"])]

    def __str__(self) -> str:
        return f"{self.response_id}: {self.code}"
