"""Duty as a county does it: leaders' whereabouts, crews by level, departments and responses in the cover rule, the three
questions of a spot check, superiors' calls and faxes in the call log.

Who is on (duty/sql/who_is_on.sql) as before; what must be filled (`duty_needed`, `duty_gaps`) follows the new tables.
"""

from datetime import date, time
from importlib import import_module
from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import database.clock
from duty.rules.default_numbers import COVER_DEFAULT, CREWS, LEADERS, MORE_COVER
from norms.migrations._defaults import lay_down

SQL = (Path(__file__).resolve().parent.parent / "sql" / "who_is_on.sql").read_text(encoding="utf-8")
BEFORE = [
    sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    for sql in (
        import_module("duty.migrations.0002_who_is_on").NEEDED,
        import_module("duty.migrations.0002_who_is_on").GAPS,
    )
] + ["DROP FUNCTION duty_in_response"]
SINCE = date(2020, 1, 1)
ALWAYS = time(0)


def add(apps, schema_editor):
    rule, crew, leader = (apps.get_model("duty", name) for name in ("CoverRule", "Crew", "LeaderPost"))
    rule.objects.bulk_create(
        rule(
            level=level, season=season, response=response, endings=endings, start=ALWAYS, hours=hours,
            source=COVER_DEFAULT, effective_from=SINCE,
        )
        for level, season, response, endings, hours in MORE_COVER
    )  # fmt: skip
    crew.objects.bulk_create(crew(level=level, posts=posts, source=COVER_DEFAULT) for level, posts in CREWS.items())
    leader.objects.bulk_create(
        leader(post=post, order=order, head=head, source=COVER_DEFAULT) for order, (post, head) in enumerate(LEADERS)
    )


def remove(apps, schema_editor):
    apps.get_model("duty", "CoverRule").objects.exclude(response="", endings=[]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0011_calendar_to_norms"),
        ("org", "0004_sign_in_counts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Authorisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "matters",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None, verbose_name="for"
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="time")),
                ("document", models.CharField(blank=True, max_length=80, verbose_name="document")),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="note")),
                ("logged_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="logged at")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked at")),
            ],
            options={
                "verbose_name": "authorisation",
                "verbose_name_plural": "authorisations",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Crew",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("county", "county"),
                            ("township", "township"),
                            ("village", "village"),
                            ("department", "department"),
                            ("hamlet", "natural village"),
                            ("grid", "grid"),
                        ],
                        max_length=12,
                        unique=True,
                        verbose_name="level",
                    ),
                ),
                (
                    "posts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), size=None, verbose_name="duty posts"
                    ),
                ),
                ("source", models.CharField(max_length=160, verbose_name="source")),
            ],
            options={
                "verbose_name": "crew of a level",
                "verbose_name_plural": "crews of levels",
                "ordering": ["level"],
            },
        ),
        migrations.CreateModel(
            name="LeaderPost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "post",
                    models.SlugField(
                        help_text="Code of a post of the register.", max_length=40, unique=True, verbose_name="post"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(verbose_name="order")),
                ("head", models.BooleanField(default=False, verbose_name="head of the county")),
                ("source", models.CharField(max_length=160, verbose_name="source")),
            ],
            options={
                "verbose_name": "post of a leader",
                "verbose_name_plural": "posts of leaders",
                "ordering": ["order"],
            },
        ),
        migrations.CreateModel(
            name="ResponseCover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=40, unique=True, verbose_name="response")),
                ("hazard", models.CharField(max_length=16, verbose_name="type of hazard")),
                (
                    "paths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), size=None, verbose_name="area"
                    ),
                ),
                ("starts_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
            ],
            options={
                "verbose_name": "cover of a response",
                "verbose_name_plural": "covers of responses",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Whereabouts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("in_county", "in the county"),
                            ("away", "out of the county"),
                            ("on_leave", "on leave"),
                        ],
                        max_length=10,
                        verbose_name="whereabouts",
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="time")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="where to")),
                ("phone", models.CharField(blank=True, max_length=24, verbose_name="phone while away")),
                ("means", models.CharField(blank=True, max_length=80, verbose_name="heard how")),
                (
                    "agreed",
                    models.CharField(blank=True, max_length=160, verbose_name="who agreed that both heads are out"),
                ),
                ("filed_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="filed at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
            ],
            options={
                "verbose_name": "whereabouts",
                "verbose_name_plural": "whereabouts",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="calllog",
            name="answers",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replies",
                to="duty.calllog",
                verbose_name="replies to",
            ),
        ),
        migrations.AddField(
            model_name="calllog",
            name="first",
            field=models.ForeignKey(
                blank=True,
                help_text="The first of its corrections.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="duty.calllog",
            ),
        ),
        migrations.AddField(
            model_name="calllog",
            name="kind",
            field=models.CharField(
                choices=[
                    ("call", "call"),
                    ("superior", "superior's call"),
                    ("fax", "fax"),
                    ("reply", "reply to a superior"),
                ],
                default="call",
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="calllog",
            name="reply_due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reply due at"),
        ),
        migrations.AddField(
            model_name="coverrule",
            name="endings",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12),
                blank=True,
                default=list,
                size=None,
                verbose_name="codes end with",
            ),
        ),
        migrations.AddField(
            model_name="coverrule",
            name="response",
            field=models.CharField(blank=True, max_length=16, verbose_name="response to"),
        ),
        migrations.AddField(
            model_name="spotcheck",
            name="said_here",
            field=models.CharField(blank=True, max_length=160, verbose_name="Who is here?"),
        ),
        migrations.AddField(
            model_name="spotcheck",
            name="said_told",
            field=models.CharField(blank=True, max_length=160, verbose_name="Whom have you told?"),
        ),
        migrations.AddField(
            model_name="spotcheck",
            name="said_warning",
            field=models.CharField(blank=True, max_length=160, verbose_name="Which warning is in force?"),
        ),
        migrations.AlterField(
            model_name="spotcheck",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("normal", "normal"),
                    ("no_answer", "no answer"),
                    ("absent_post", "absent from post"),
                    ("not_on_roster", "not on the roster"),
                    ("leader_absent", "leader absent"),
                    ("alone", "one person alone"),
                    ("forwarded", "call forwarded to a mobile"),
                    ("busy", "line busy"),
                    ("unaware", "does not know the warning in force"),
                    ("wrong_answer", "wrong answer"),
                ],
                max_length=14,
                verbose_name="outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="calllog",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "superior"), ("reply_due_at__isnull", False)),
                    models.Q(models.Q(("kind", "superior"), _negated=True), ("reply_due_at__isnull", True)),
                    _connector="OR",
                ),
                name="duty_superior_waits_for_a_reply",
            ),
        ),
        migrations.AddConstraint(
            model_name="calllog",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answers__isnull", False), ("kind", "reply")),
                    models.Q(models.Q(("kind", "reply"), _negated=True), ("answers__isnull", True)),
                    _connector="OR",
                ),
                name="duty_reply_answers_a_call",
            ),
        ),
        migrations.AddField(
            model_name="authorisation",
            name="deputy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="signs for them",
            ),
        ),
        migrations.AddField(
            model_name="authorisation",
            name="giver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="leader",
            ),
        ),
        migrations.AddField(
            model_name="authorisation",
            name="logged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="logged by",
            ),
        ),
        migrations.AddField(
            model_name="authorisation",
            name="revoked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="authorisation",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="authorisations",
                to="org.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AddField(
            model_name="whereabouts",
            name="filed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="filed by",
            ),
        ),
        migrations.AddField(
            model_name="whereabouts",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="whereabouts",
                to=settings.AUTH_USER_MODEL,
                verbose_name="leader",
            ),
        ),
        migrations.AddField(
            model_name="whereabouts",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="whereabouts",
                to="org.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AddField(
            model_name="whereabouts",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="authorisation",
            index=django.contrib.postgres.indexes.GistIndex(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=["giver", "during"],
                name="duty_authorisation_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("during__isempty", False)), name="duty_authorisation_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver", models.F("deputy")), _negated=True), name="duty_authorisation_for_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("matters", []), _negated=True), name="duty_authorisation_for_something"
            ),
        ),
        migrations.AddIndex(
            model_name="whereabouts",
            index=django.contrib.postgres.indexes.GistIndex(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=["person", "during"],
                name="duty_whereabouts_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="whereabouts",
            constraint=models.CheckConstraint(
                condition=models.Q(("during__isempty", False)), name="duty_whereabouts_not_empty"
            ),
        ),
        migrations.RunSQL(SQL, reverse_sql=BEFORE),
        migrations.RunPython(
            *lay_down("response_watch_min", "superior_reply_min", "superior_again_min", "leaders_told_by_h")
        ),
        migrations.RunPython(add, remove),
    ]
