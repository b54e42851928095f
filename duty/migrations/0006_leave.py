"""Leave: absences, what they take out of who is on, and the least length of a shift.

``duty_watch`` as in 0002_who_is_on, with one thing more: whoever is on leave is not there, as whoever is off the
register is not, and the same stand-ins answer.
"""

from datetime import UTC, datetime
from importlib import import_module

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import database.clock

CODES = ("shortest_min", "leave_longest_days")
LIMITS = import_module("duty.migrations.0003_default_numbers").LIMITS
SINCE = datetime(2020, 1, 1, tzinfo=UTC)

WATCH = """
    CREATE OR REPLACE FUNCTION duty_watch(p_units bigint[], p_from timestamptz, p_to timestamptz)
    RETURNS TABLE (
        unit_id bigint, post varchar, person_id bigint, during tstzrange,
        shift_id bigint, slot_id bigint, override_id bigint, stands_in_for bigint
    ) LANGUAGE sql STABLE AS $$
    WITH anchors AS MATERIALIZED (
        -- The shift in charge when the period begins; whatever came before it no longer matters.
        SELECT u.id AS unit_id, COALESCE((
            SELECT lower(t.during) FROM duty_taking t
            WHERE t.unit_id = u.id AND lower(t.during) <= p_from AND t.takes_at <= p_from
            ORDER BY lower(t.during) DESC LIMIT 1
        ), p_from) AS since
        FROM org_unit u WHERE CASE WHEN p_units IS NULL THEN u.active ELSE u.id = ANY(p_units) END
    ), shifts AS MATERIALIZED (
        -- A short read of the index a unit; flattened, the planner reads every shift there ever was (hence the OFFSET).
        SELECT t.id, t.unit_id, t.during, t.takes_at
        FROM anchors a CROSS JOIN LATERAL (
            SELECT * FROM duty_taking d
            WHERE d.unit_id = a.unit_id AND lower(d.during) >= a.since AND lower(d.during) < p_to OFFSET 0
        ) t
    ), chains AS (
        SELECT s.unit_id, unnest(range_agg(s.during)) AS whole FROM shifts s GROUP BY s.unit_id
    ), reigns AS (
        -- Whoever is on stays until relieved, but not past the end of an unbroken chain of shifts.
        SELECT s.id, s.unit_id, s.during, GREATEST(s.takes_at, p_from) AS since, LEAST(upper(c.whole), p_to, min(s.takes_at)
            OVER (PARTITION BY s.unit_id ORDER BY lower(s.during) ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
        ) AS until
        FROM shifts s JOIN chains c ON c.unit_id = s.unit_id AND c.whole @> lower(s.during)
    ), charge AS MATERIALIZED (
        SELECT r.id, r.unit_id, r.during, CASE WHEN r.since < r.until THEN tstzrange(r.since, r.until) END AS reign
        FROM reigns r WHERE r.since < r.until
    ), booked AS MATERIALIZED (
        SELECT c.unit_id, st.post, st.person_id, st.during * c.reign AS during, c.id AS shift_id, st.slot_id,
               NULL::bigint AS override_id
        FROM charge c JOIN duty_slot sl ON sl.shift_id = c.id
        JOIN duty_stint st ON st.slot_id = sl.id AND st.during && c.reign
        UNION ALL
        SELECT st.unit_id, st.post, st.person_id, st.during * tstzrange(p_from, p_to), NULL, NULL, st.override_id
        FROM anchors a JOIN duty_stint st
            ON st.unit_id = a.unit_id AND st.override_id IS NOT NULL AND st.during && tstzrange(p_from, p_to)
        UNION ALL
        -- Past the end of their shift, not yet relieved: whoever was on last.
        SELECT c.unit_id, st.post, st.person_id, piece, c.id, st.slot_id, st.override_id
        FROM charge c JOIN duty_stint st
            ON st.unit_id = c.unit_id AND st.during @> upper(c.during) - interval '1 microsecond'
        CROSS JOIN LATERAL unnest(
            tstzmultirange(c.reign * tstzrange(upper(c.during), NULL)) - COALESCE((
                SELECT range_agg(o.during) FROM duty_stint o
                WHERE o.unit_id = c.unit_id AND o.post = st.post AND o.override_id IS NOT NULL AND o.during && c.reign
            ), '{}')
        ) AS piece
        WHERE upper(c.reign) > upper(c.during)
    ), known AS MATERIALIZED (
        SELECT b.*, COALESCE((
            SELECT range_agg(l.during) FROM duty_leave l
            WHERE l.person_id = b.person_id AND l.status = 'approved' AND l.during && b.during
        ), '{}') + CASE WHEN p.is_active THEN '{}'::tstzmultirange ELSE tstzmultirange(tstzrange(COALESCE((
            SELECT max(e.at) FROM journal_event e
            WHERE e.subject = 'person:' || p.id AND e.verb = 'org.person_deactivated'
        ), '-infinity'), NULL)) END AS away
        FROM booked b JOIN org_person p ON p.id = b.person_id
    ), held AS MATERIALIZED (
        SELECT k.unit_id, k.post, k.person_id, piece AS during, k.shift_id, k.slot_id, k.override_id
        FROM known k CROSS JOIN LATERAL unnest(tstzmultirange(k.during) - k.away) AS piece
    ), missing AS (
        SELECT k.unit_id, k.post, k.person_id, piece AS during,
            CASE k.post WHEN 'leader' THEN ARRAY['main', 'deputy'] WHEN 'main' THEN ARRAY['deputy']
                        WHEN 'deputy' THEN ARRAY['main'] ELSE '{}' END AS in_turn
        FROM known k CROSS JOIN LATERAL unnest(tstzmultirange(k.during) * k.away) AS piece
    )
    SELECT h.unit_id, h.post, h.person_id, h.during, h.shift_id, h.slot_id, h.override_id, NULL::bigint FROM held h
    UNION ALL
    SELECT m.unit_id, m.post, h.person_id, piece, h.shift_id, h.slot_id, h.override_id, m.person_id
    FROM missing m JOIN held h ON h.unit_id = m.unit_id AND h.post = ANY(m.in_turn) AND h.during && m.during
    CROSS JOIN LATERAL unnest(
        tstzmultirange(h.during * m.during) - COALESCE((
            SELECT range_agg(f.during) FROM held f
            WHERE f.unit_id = m.unit_id AND f.during && m.during
              AND array_position(m.in_turn, f.post::text) < array_position(m.in_turn, h.post::text)
        ), '{}')
    ) AS piece
    $$
"""
BEFORE = import_module("duty.migrations.0002_who_is_on").WATCH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def add(apps, schema_editor):
    limit = apps.get_model("duty", "Limit")
    for code in CODES:
        value, source = LIMITS[code]
        # A database founded after the number was written down has it already from the migration that adds them all.
        limit.objects.get_or_create(code=code, effective_from=SINCE, defaults={"value": value, "source": source})


def remove(apps, schema_editor):
    apps.get_model("duty", "Limit").objects.filter(code__in=CODES, effective_from=SINCE).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0005_area_share"),
        ("org", "0003_sort_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="gapalarm",
            name="reason",
            field=models.CharField(
                choices=[
                    ("deactivated", "off the register"),
                    ("unreachable", "unreachable"),
                    ("nobody", "nobody rostered"),
                    ("leave", "on leave"),
                ],
                max_length=12,
                verbose_name="reason",
            ),
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name="time")),
                ("abroad", models.BooleanField(default=False, verbose_name="out of the county")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("approved", "approved"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("asked_at", models.DateTimeField(db_default=database.clock.DatabaseNow(), verbose_name="asked at")),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "leave",
                "verbose_name_plural": "leaves",
                "ordering": ["-id"],
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["unit", "during"], name="duty_leave_unit"),
                    django.contrib.postgres.indexes.GistIndex(
                        condition=models.Q(("status", "approved")),
                        fields=["person", "during"],
                        name="duty_leave_approved",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("during__isempty", False)), name="duty_leave_not_empty"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("status__in", ["asked", "approved"])),
                        expressions=[("person", "="), ("during", "&&")],
                        name="duty_one_leave_a_person",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WATCH, reverse_sql=BEFORE),
        migrations.RunPython(add, remove),
    ]
