"""What each warning warns of, by the catalogue, and whose it is: for the warnings that are there, too."""

from django.db import migrations, models

from early_warning.rules.origin import origin_of
from plans.rules.events import event_kind

STATUSES = [
    ("active", "in force"), ("updated", "replaced by an update"), ("cancelled", "cancelled by its sender"),
    ("expired", "expired"), ("dismissed", "dismissed"), ("held", "an update that awaits a decision"),
    ("rejected", "an update that was not accepted"), ("elsewhere", "a neighbour's: read and filed"),
]  # fmt: skip
ORIGINS = [("own", "this county"), ("superior", "superior"), ("neighbour", "neighbour that may affect this county")]


def classify(apps, schema_editor):
    warning, part = apps.get_model("early_warning", "Warning"), apps.get_model("early_warning", "WarningPart")
    rows = warning.objects.select_related("raw", "unit").only(
        "infos", "event", "raw__identifier", "raw__sender", "unit__code"
    )
    for row in rows.iterator():
        row.event_kind = event_kind([*(block["event"] for block in row.infos), row.event])
        row.origin = origin_of(row.raw.identifier, row.raw.sender, row.unit.code[:6])
        row.save(update_fields=["event_kind", "origin"])
        for one in part.objects.filter(warning=row).only("event", "blocks"):
            own = [row.infos[place]["event"] for place in one.blocks if place < len(row.infos)]
            one.event_kind = event_kind([*own, one.event])
            one.save(update_fields=["event_kind"])


class Migration(migrations.Migration):
    dependencies = [("early_warning", "0004_messages_of_exercises"), ("plans", "0007_two_ladders")]
    operations = [
        migrations.AddField(
            "warning",
            "event_kind",
            models.CharField(
                blank=True,
                default="",
                help_text="A code of plans/rules/events.py; empty: unclassified.",
                max_length=30,
                verbose_name="kind of event",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "warning",
            "origin",
            models.CharField(blank=True, choices=ORIGINS, default="", max_length=10, verbose_name="issued by"),
            preserve_default=False,
        ),
        migrations.AddField(
            "warningpart",
            "event_kind",
            models.CharField(blank=True, default="", max_length=30, verbose_name="kind of event"),
            preserve_default=False,
        ),
        migrations.AlterField(
            "warning",
            "status",
            models.CharField(choices=STATUSES, default="active", max_length=12, verbose_name="status"),
        ),
        migrations.RunPython(classify, migrations.RunPython.noop),
    ]
