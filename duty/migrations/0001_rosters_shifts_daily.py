"""Rosters, shifts, stints without overlaps, and the day's work on duty."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import database.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0001_the_register"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Exclusion over a unit, a post or a person together with a range of time needs it. It stays on the way back.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", reverse_sql=migrations.RunSQL.noop),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="date")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("holiday", "holiday"),
                            ("working", "adjusted working day"),
                            ("normal", "ordinary day"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("source", models.CharField(max_length=160, verbose_name="source")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("official", models.BooleanField(default=False, verbose_name="official")),
            ],
            options={
                "verbose_name": "calendar day",
                "verbose_name_plural": "calendar days",
                "ordering": ["date", "-version"],
                "constraints": [models.UniqueConstraint(fields=("date", "version"), name="duty_calendar_day_once")],
            },
        ),
        migrations.CreateModel(
            name="CalendarToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="made at")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar feed",
                "verbose_name_plural": "calendar feeds",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="CoverRule",
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
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                ("season", models.CharField(blank=True, max_length=16, verbose_name="season")),
                ("start", models.TimeField(verbose_name="daily from")),
                ("hours", models.PositiveSmallIntegerField(verbose_name="hours")),
                ("source", models.CharField(max_length=160, verbose_name="source")),
                ("effective_from", models.DateField(verbose_name="effective from")),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cover_rules",
                        to="org.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "cover rule",
                "verbose_name_plural": "cover rules",
                "ordering": ["level", "id"],
            },
        ),
        migrations.CreateModel(
            name="GapAlarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("leader", "leader on duty"),
                            ("main", "main officer"),
                            ("deputy", "deputy officer"),
                            ("reserve", "reserve"),
                        ],
                        max_length=8,
                        verbose_name="post",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("deactivated", "off the register"),
                            ("unreachable", "unreachable"),
                            ("nobody", "nobody rostered"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("filled", "filled")],
                        default="open",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("raised_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="raised at")),
                ("filled_at", models.DateTimeField(blank=True, null=True, verbose_name="filled at")),
                (
                    "called",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stand-in called",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gap_alarms",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "gap alarm",
                "verbose_name_plural": "gap alarms",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")), fields=("unit", "post"), name="duty_one_open_gap_a_post"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Generation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField(verbose_name="from")),
                ("until", models.DateField(verbose_name="until")),
                ("unit_ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("done", models.PositiveIntegerField(default=0, verbose_name="units done")),
                ("shifts", models.PositiveIntegerField(default=0, verbose_name="shifts")),
                (
                    "unstrengthened",
                    models.PositiveIntegerField(default=0, verbose_name="shifts that lack the strengthened roster"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("running", "running"), ("done", "done")],
                        default="running",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("asked_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="asked at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "generation of rosters",
                "verbose_name_plural": "generations of rosters",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("value", models.PositiveIntegerField(verbose_name="value")),
                ("source", models.CharField(max_length=160, verbose_name="source")),
                ("effective_from", models.DateTimeField(verbose_name="effective from")),
            ],
            options={
                "verbose_name": "limit",
                "verbose_name_plural": "limits",
                "ordering": ["code", "-effective_from"],
                "constraints": [models.UniqueConstraint(fields=("code", "effective_from"), name="duty_limit_once")],
            },
        ),
        migrations.CreateModel(
            name="PostLink",
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
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                ("post", models.CharField(max_length=8, verbose_name="duty post")),
                ("register_post", models.SlugField(max_length=40, verbose_name="post")),
            ],
            options={
                "verbose_name": "link of posts",
                "verbose_name_plural": "links of posts",
                "ordering": ["level", "post"],
                "constraints": [models.UniqueConstraint(fields=("level", "register_post"), name="duty_post_link_once")],
            },
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.", verbose_name="month")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published")],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rosters",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "roster",
                "verbose_name_plural": "rosters",
                "ordering": ["-month", "unit__path"],
                "constraints": [models.UniqueConstraint(fields=("unit", "month"), name="duty_roster_once")],
            },
        ),
        migrations.CreateModel(
            name="RosterPattern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("normal", "normal"), ("strengthened", "strengthened")],
                        default="normal",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "days",
                    models.CharField(
                        choices=[
                            ("every", "every day"),
                            ("working", "working days"),
                            ("rest", "rest days and holidays"),
                        ],
                        default="every",
                        max_length=8,
                        verbose_name="days",
                    ),
                ),
                (
                    "starts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TimeField(), size=None, verbose_name="shifts start at"
                    ),
                ),
                ("length", models.DurationField(default=datetime.timedelta(days=1), verbose_name="length")),
                ("rotation", models.JSONField(verbose_name="rotation")),
                ("signed", models.BooleanField(default=True, verbose_name="handover is signed")),
                ("valid_from", models.DateField(verbose_name="from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roster_patterns",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "roster pattern",
                "verbose_name_plural": "roster patterns",
                "ordering": ["unit__path", "kind", "valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="duty_pattern_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("length__gt", datetime.timedelta(0))), name="duty_pattern_length"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Season",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("flood", "flood season"),
                            ("forest_fire", "forest-fire season"),
                            ("festival", "festival"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="levels",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                ("strengthened", models.BooleanField(default=True, verbose_name="demands the strengthened roster")),
                ("source", models.CharField(blank=True, max_length=160, verbose_name="source")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_seasons",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "season",
                "verbose_name_plural": "seasons",
                "ordering": ["starts_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="duty_season_ends_after_start"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="time")),
                (
                    "kind",
                    models.CharField(
                        choices=[("normal", "normal"), ("strengthened", "strengthened")],
                        default="normal",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("live", models.BooleanField(default=False, verbose_name="published")),
                ("called_off_at", models.DateTimeField(blank=True, null=True, verbose_name="called off at")),
                ("signed", models.BooleanField(default=True, verbose_name="handover is signed")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="taken over at")),
                ("rest_day", models.BooleanField(default=False, verbose_name="rest day or holiday")),
                ("generation", models.PositiveIntegerField(default=0)),
                (
                    "pattern",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="duty.rosterpattern",
                        verbose_name="pattern",
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="duty.roster",
                        verbose_name="roster",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "shift",
                "verbose_name_plural": "shifts",
                "ordering": [
                    models.Func(models.F("during"), function="lower", output_field=models.DateTimeField()),
                    "id",
                ],
                "indexes": [
                    models.Index(
                        models.F("unit"),
                        models.Func(models.F("during"), function="lower", output_field=models.DateTimeField()),
                        condition=models.Q(("live", True)),
                        name="duty_shift_live_start",
                    ),
                    models.Index(
                        models.F("unit"),
                        models.Func(models.F("during"), function="upper", output_field=models.DateTimeField()),
                        condition=models.Q(("live", True)),
                        name="duty_shift_live_end",
                    ),
                    django.contrib.postgres.indexes.GistIndex(fields=["unit", "during"], name="duty_shift_range"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("during__isempty", False)), name="duty_shift_not_empty"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("live", True)),
                        expressions=[("unit", "="), ("during", "&&")],
                        name="duty_one_shift_a_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("half_signed", "signed by one side"),
                            ("accepted", "accepted"),
                            ("lapsed", "lapsed"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("opened_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="opened at")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("out_at", models.DateTimeField(blank=True, null=True, verbose_name="handed over at")),
                ("in_at", models.DateTimeField(blank=True, null=True, verbose_name="taken over at")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted at")),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                ("equipment", models.CharField(blank=True, max_length=500, verbose_name="equipment and keys")),
                (
                    "items",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="items"
                    ),
                ),
                ("late_told_at", models.DateTimeField(blank=True, null=True, verbose_name="leader told at")),
                ("generation", models.PositiveIntegerField(default=0)),
                (
                    "in_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken over by",
                    ),
                ),
                (
                    "out_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handed over by",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="settled by",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="duty.shift",
                        verbose_name="incoming shift",
                    ),
                ),
            ],
            options={
                "verbose_name": "handover",
                "verbose_name_plural": "handovers",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["unit", "-due_at"], name="duty_handover_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "lapsed"), _negated=True),
                        fields=("shift",),
                        name="duty_one_handover_a_shift",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("leader", "leader on duty"),
                            ("main", "main officer"),
                            ("deputy", "deputy officer"),
                            ("reserve", "reserve"),
                        ],
                        max_length=8,
                        verbose_name="post",
                    ),
                ),
                ("at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="at")),
                ("late", models.BooleanField(default=False, verbose_name="late")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="check_ins", to="duty.shift"
                    ),
                ),
            ],
            options={
                "verbose_name": "check-in",
                "verbose_name_plural": "check-ins",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("shift", "post", "person"), name="duty_check_in_once")],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("leader", "leader on duty"),
                            ("main", "main officer"),
                            ("deputy", "deputy officer"),
                            ("reserve", "reserve"),
                        ],
                        max_length=8,
                        verbose_name="post",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_slots",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "rostered",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="rostered",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="duty.shift"
                    ),
                ),
            ],
            options={
                "verbose_name": "slot",
                "verbose_name_plural": "slots",
                "ordering": ["shift", "id"],
                "indexes": [models.Index(fields=["person", "shift"], name="duty_slot_person")],
                "constraints": [models.UniqueConstraint(fields=("shift", "post"), name="duty_slot_once")],
            },
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("leader", "leader on duty"),
                            ("main", "main officer"),
                            ("deputy", "deputy officer"),
                            ("reserve", "reserve"),
                        ],
                        max_length=8,
                        verbose_name="post",
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="time")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("made_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="made at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_overrides",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="overrides",
                        to="duty.slot",
                    ),
                ),
            ],
            options={
                "verbose_name": "override",
                "verbose_name_plural": "overrides",
                "ordering": ["-id"],
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=["unit", "post", "during"],
                        name="duty_override_range",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False)), name="duty_override_not_empty"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpotCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("leader", "leader on duty"),
                            ("main", "main officer"),
                            ("deputy", "deputy officer"),
                            ("reserve", "reserve"),
                        ],
                        default="main",
                        max_length=8,
                        verbose_name="post",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("phone", "phone"), ("video", "video"), ("on_site", "on site")],
                        default="phone",
                        max_length=8,
                        verbose_name="method",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("calling", "calling"),
                            ("second_call", "second call"),
                            ("leader_called", "leader called"),
                            ("closed", "closed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        max_length=14,
                        verbose_name="status",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("normal", "normal"),
                            ("no_answer", "no answer"),
                            ("absent_post", "absent from post"),
                            ("not_on_roster", "not on the roster"),
                            ("leader_absent", "leader absent"),
                            ("wrong_answer", "wrong answer"),
                        ],
                        max_length=14,
                        verbose_name="outcome",
                    ),
                ),
                ("planned_at", models.DateTimeField(blank=True, null=True, verbose_name="planned at")),
                ("called_at", models.DateTimeField(blank=True, null=True, verbose_name="called at")),
                ("call_back_due_at", models.DateTimeField(blank=True, null=True, verbose_name="call back due at")),
                ("second_call_at", models.DateTimeField(blank=True, null=True, verbose_name="second call at")),
                ("leader_called_at", models.DateTimeField(blank=True, null=True, verbose_name="leader called at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("generation", models.PositiveIntegerField(default=0)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ordered by",
                    ),
                ),
                (
                    "ordered_for",
                    models.ForeignKey(
                        help_text="The checking unit.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person called",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spot_checks",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "spot check",
                "verbose_name_plural": "spot checks",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["unit", "-id"], name="duty_spot_check_unit")],
            },
        ),
        migrations.CreateModel(
            name="Stint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("leader", "leader on duty"),
                            ("main", "main officer"),
                            ("deputy", "deputy officer"),
                            ("reserve", "reserve"),
                        ],
                        max_length=8,
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "override",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stints",
                        to="duty.override",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="stints", to="duty.slot"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("override__isnull", False), ("slot__isnull", True)),
                            models.Q(("override__isnull", True), ("slot__isnull", False)),
                            _connector="OR",
                        ),
                        name="duty_stint_of_one",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("unit", "="), ("post", "="), ("during", "&&")], name="duty_one_person_a_post"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("person", "="), ("during", "&&")], name="duty_one_place_a_person"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Swap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "requested"),
                            ("taken", "taken"),
                            ("approved", "approved"),
                            ("refused", "refused"),
                            ("expired", "expired"),
                            ("cancelled", "cancelled"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("asked_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="asked at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="answer")),
                ("generation", models.PositiveIntegerField(default=0)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "in_return",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="duty.slot",
                        verbose_name="in return",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="swaps",
                        to="duty.slot",
                        verbose_name="slot",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken by",
                    ),
                ),
            ],
            options={
                "verbose_name": "swap",
                "verbose_name_plural": "swaps",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["requested", "taken"])),
                        fields=("slot",),
                        name="duty_one_open_swap_a_slot",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="called at")),
                ("caller_unit", models.CharField(blank=True, max_length=80, verbose_name="caller's unit")),
                ("caller_name", models.CharField(blank=True, max_length=40, verbose_name="caller")),
                ("caller_post", models.CharField(blank=True, max_length=40, verbose_name="caller's post")),
                ("caller_phone", models.CharField(blank=True, max_length=24, verbose_name="caller's phone")),
                ("occurred_at", models.DateTimeField(blank=True, null=True, verbose_name="occurred at")),
                ("place", models.CharField(blank=True, max_length=160, verbose_name="place")),
                ("content", models.TextField(blank=True, max_length=4000, verbose_name="content and cause")),
                ("measures", models.TextField(blank=True, max_length=2000, verbose_name="measures taken")),
                ("told", models.CharField(blank=True, max_length=300, verbose_name="already told")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="recorded at"),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason of the correction")),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="duty.calllog",
                        verbose_name="corrects",
                    ),
                ),
                (
                    "recorder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorder",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="call_logs",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "call",
                "verbose_name_plural": "call log",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["unit", "-at"], name="duty_call_log_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content", ""), _negated=True),
                            models.Q(("corrects__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="duty_call_says_something",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="calllog",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3ca2de20917a84e54a7b12d9c47ac11a812b2f63",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ffed5",
                    table="duty_calllog",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="calllog",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'the call log is append-only: cannot truncate %', TG_TABLE_NAME;",
                    hash="65354f3c450dbe9114b92e09cc005be87108b337",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_5c079",
                    table="duty_calllog",
                    when="BEFORE",
                ),
            ),
        ),
    ]
