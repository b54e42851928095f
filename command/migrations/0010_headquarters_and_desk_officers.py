"""Orders and responses belong to a headquarters; an incident has a desk officer in charge, and a commander only once
somebody has approved its level.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PEOPLE: dict[str, Any] = {"on_delete": django.db.models.deletion.PROTECT, "to": settings.AUTH_USER_MODEL}
BODY: dict[str, Any] = {
    "blank": True, "null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+",
    "to": "org.headquarters",
}  # fmt: skip
DESK: dict[str, Any] = {"related_name": "+", "verbose_name": "desk officer in charge", **PEOPLE}
DESK_HELP = "Who handles it until a commander is there: whoever registered it."


def put_in_charge(apps: Any, schema_editor: Any) -> None:
    """Whoever registered an incident is its desk officer. Where its level was approved, whoever command was handed to
    stays its commander, else whoever approved; everywhere else nobody commands.
    """
    opened = apps.get_model("journal", "Event").objects.filter(verb="incident.opened", by__startswith="person:")
    told = opened.values_list("subject", "by")
    registered = {_number(subject): _number(by) for subject, by in told}
    approved = apps.get_model("command", "Response").objects.exclude(approved_by=None).order_by("approved_at")
    approvers = dict(approved.values_list("incident", "approved_by"))
    incidents = apps.get_model("command", "Incident").objects
    rows = []
    for row in incidents.only("pk", "commander").order_by("pk"):
        row.desk_officer_id = registered.get(row.pk, row.commander_id)
        approver = approvers.get(row.pk)
        handed_over = row.commander_id != row.desk_officer_id
        row.commander_id = row.commander_id if approver and handed_over else approver
        rows.append(row)
    incidents.bulk_update(rows, ["desk_officer", "commander"], batch_size=500)


def _number(reference: str) -> int:
    """ "incident:5" → 5."""
    return int(reference.rpartition(":")[2])


def name_bodies(apps: Any, schema_editor: Any) -> None:
    """A response that runs belongs to the headquarters of its plan's unit; what was issued before keeps its issuer."""
    bodies = list(apps.get_model("org", "Headquarters").objects.filter(active=True))
    running = apps.get_model("command", "Response").objects.filter(status="running")
    for row in running.select_related("version__plan", "incident"):
        plan = row.version.plan
        body = next((b for b in bodies if b.unit_id == plan.unit_id and plan.hazard_type in b.hazard_types), None)
        if body is not None:
            row.headquarters = row.incident.headquarters = body
            row.save(update_fields=["headquarters"])
            row.incident.save(update_fields=["headquarters"])


def back(apps: Any, schema_editor: Any) -> None:
    incidents = apps.get_model("command", "Incident").objects
    incidents.filter(commander=None).update(commander=models.F("desk_officer"))


NOW = "SET CONSTRAINTS ALL IMMEDIATE"
"""Otherwise the columns cannot be altered in the transaction that filled them."""


class Migration(migrations.Migration):
    dependencies = [
        ("command", "0009_proposals_of_exercises"),
        ("journal", "0008_timers_of_exercises"),
        ("org", "0009_default_headquarters"),
        ("plans", "0005_headquarters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="incident", name="headquarters",
            field=models.ForeignKey(verbose_name="headquarters", **BODY),
        ),
        migrations.AddField(
            model_name="incident", name="desk_officer", field=models.ForeignKey(null=True, help_text=DESK_HELP, **DESK)
        ),
        migrations.AlterField(
            model_name="incident", name="commander",
            field=models.ForeignKey(
                blank=True, null=True, related_name="commands", verbose_name="commander",
                help_text="Who approved the response level, or took over from them; nobody before that.", **PEOPLE,
            ),
        ),
        migrations.AddField(
            model_name="order", name="headquarters", field=models.ForeignKey(verbose_name="issuing body", **BODY)
        ),
        migrations.AddField(
            model_name="order", name="by_office",
            field=models.BooleanField(default=False, verbose_name="issued by its office"),
        ),
        migrations.AlterField(
            model_name="order", name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="org.unit", verbose_name="unit"
            ),
        ),
        migrations.AddField(
            model_name="response", name="headquarters",
            field=models.ForeignKey(verbose_name="headquarters", **BODY),
        ),
        migrations.AddField(
            model_name="response", name="consent_by",
            field=models.ForeignKey(
                blank=True, null=True, related_name="+", verbose_name="consent to level I by", **PEOPLE
            ),
        ),
        migrations.AddField(
            model_name="response", name="consent_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="consent given at"),
        ),
        migrations.AddField(
            model_name="response", name="consent_how",
            field=models.CharField(blank=True, max_length=16, verbose_name="how consent was given"),
        ),
        migrations.RunPython(put_in_charge, back),
        migrations.RunPython(name_bodies, migrations.RunPython.noop),
        migrations.RunSQL(NOW, NOW),
        migrations.AlterField(
            model_name="incident", name="desk_officer", field=models.ForeignKey(help_text=DESK_HELP, **DESK)
        ),
    ]  # fmt: skip
