"""Parts of warnings, each with its own colour, area and times, and questions that a message leaves open. A warning that
is there already becomes one part, which has all of its words and units.
"""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import database.clock

# The foreign keys are checked at once, or the table could not be altered after its rows were written.
ONE_PART_EACH = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE early_warning_warning SET in_force_since = received_at;
INSERT INTO early_warning_warningpart (warning_id, number, colour, colour_source, event, severity, urgency, certainty,
    effective, onset, expires, blocks, area_description, area, area_source, whole_county, unit_count, begun_at, over_at)
SELECT id, 1, colour, colour_source, event, severity, urgency, certainty, effective, NULL, expires,
    (SELECT COALESCE(jsonb_agg(i), '[]') FROM generate_series(0, jsonb_array_length(infos) - 1) i),
    area_description, area, area_source, area IS NULL AND unit_count = 0, unit_count, received_at,
    CASE WHEN status = 'expired' THEN ended_at END
FROM early_warning_warning;
UPDATE early_warning_warningunit n SET part_id = p.id FROM early_warning_warningpart p
WHERE p.warning_id = n.warning_id;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("early_warning", "0002_kept_bodies_unread_messages"),
        ("org", "0001_the_register"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("update", "Does this update replace what it names?"),
                            ("ending", "Does this message end a warning?"),
                            ("contradiction", "Which of these warnings counts?"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "to be decided"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                            ("lapsed", "settled by what came after"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("made_at", models.DateTimeField(db_default=database.clock.DatabaseNow())),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
            ],
            options={
                "verbose_name": "question about a message",
                "verbose_name_plural": "questions about messages",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="WarningPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="part")),
                (
                    "colour",
                    models.CharField(
                        blank=True,
                        choices=[("red", "red"), ("orange", "orange"), ("yellow", "yellow"), ("blue", "blue")],
                        max_length=8,
                        verbose_name="colour",
                    ),
                ),
                ("colour_source", models.CharField(max_length=20)),
                ("event", models.CharField(max_length=120, verbose_name="event")),
                ("severity", models.CharField(max_length=12)),
                ("urgency", models.CharField(max_length=12)),
                ("certainty", models.CharField(max_length=12)),
                ("effective", models.DateTimeField(blank=True, null=True, verbose_name="effective")),
                ("onset", models.DateTimeField(blank=True, null=True, verbose_name="onset")),
                ("expires", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("blocks", models.JSONField(default=list)),
                ("area_description", models.TextField(blank=True, verbose_name="area")),
                (
                    "area",
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        blank=True, null=True, srid=4326, verbose_name="area"
                    ),
                ),
                (
                    "area_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("message", "drawn by the sender"),
                            ("units", "boundaries of the divisions named"),
                            ("both", "drawn by the sender, and boundaries of the divisions named"),
                        ],
                        max_length=8,
                    ),
                ),
                ("whole_county", models.BooleanField(default=False)),
                ("unit_count", models.PositiveIntegerField(default=0, verbose_name="townships and villages")),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("over_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "part of a warning",
                "verbose_name_plural": "parts of warnings",
                "ordering": ["warning_id", "number"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="warningunit",
            name="warning_unit_once",
        ),
        migrations.AddField(
            model_name="warning",
            name="in_force_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="warning",
            name="takes_over_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="warning",
            name="status",
            field=models.CharField(
                choices=[
                    ("active", "in force"),
                    ("updated", "replaced by an update"),
                    ("cancelled", "cancelled by its sender"),
                    ("expired", "expired"),
                    ("dismissed", "dismissed"),
                    ("held", "an update that awaits a decision"),
                    ("rejected", "an update that was not accepted"),
                    ("elsewhere", "elsewhere"),
                ],
                default="active",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="concerns",
            field=models.ManyToManyField(related_name="questions", to="early_warning.warning"),
        ),
        migrations.AddField(
            model_name="question",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="raw",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="early_warning.rawmessage"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
        ),
        migrations.AddField(
            model_name="warningpart",
            name="warning",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="early_warning.warning"
            ),
        ),
        migrations.AddField(
            model_name="warningunit",
            name="part",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="named_units",
                to="early_warning.warningpart",
            ),
        ),
        migrations.RunSQL(ONE_PART_EACH, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="warningunit",
            name="part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="named_units",
                to="early_warning.warningpart",
            ),
        ),
        migrations.AddIndex(
            model_name="warningunit",
            index=models.Index(fields=["warning", "unit"], name="warning_named"),
        ),
        migrations.AddConstraint(
            model_name="warningunit",
            constraint=models.UniqueConstraint(fields=("part", "unit"), name="warning_part_unit_once"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(condition=models.Q(("status", "open")), fields=["unit"], name="question_open"),
        ),
        migrations.AddConstraint(
            model_name="warningpart",
            constraint=models.UniqueConstraint(fields=("warning", "number"), name="warning_part_once"),
        ),
    ]
