"""How a deadline is counted, as the database says it, and version 1 of the numbers and routes.

``hazard_counted`` counts days in Asia/Shanghai from the day of ``p_from``, which is not counted itself; working days
are those that duty's calendar (`duty_rest_day`) does not call days of rest. A negative number counts backwards. The
deadline is the last second of its day.
"""

from datetime import UTC, datetime

from django.db import migrations

from hazards.rules.defaults import routes

RULE_CITY = "rule of one city on listed supervision"
DEFAULT = "default; set by the county"
RULES = {
    "take_up": (1, "working_days", DEFAULT),
    "register": (1, "working_days", DEFAULT),
    "grade": (3, "working_days", DEFAULT),
    "plan": (5, "working_days", DEFAULT),
    "general": (15, "days", DEFAULT),
    "major": (90, "days", DEFAULT),
    "redo": (5, "working_days", DEFAULT),
    "inspect": (10, "working_days", DEFAULT),
    "close": (5, "working_days", DEFAULT),
    "reinspection": (1, "days", DEFAULT),
    "extension_ahead": (20, "working_days", RULE_CITY),
    "extension_decided": (10, "working_days", RULE_CITY),
    "longest": (365, "days", RULE_CITY),
    "delisting_published": (5, "working_days", RULE_CITY),
    "remind_first": (7, "days", DEFAULT),
    "remind_second": (3, "days", DEFAULT),
    "climb_township": (3, "days", DEFAULT),
    "climb_county": (7, "days", DEFAULT),
    "letter_answer": (7, "days", DEFAULT),
    "duplicate_within": (90, "days", DEFAULT),
    "duplicate_near": (100, "metres", DEFAULT),
}

COUNTED = """
    CREATE FUNCTION hazard_counted(p_from timestamptz, p_days int, p_working boolean)
    RETURNS TABLE (due_at timestamptz, version int, official boolean, rested date[], worked date[])
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        first date := (p_from AT TIME ZONE 'Asia/Shanghai')::date;
        present date := first;
        missing int := abs(p_days);
        step int := CASE WHEN p_days < 0 THEN -1 ELSE 1 END;
    BEGIN
        rested := '{}';
        worked := '{}';
        IF p_working THEN
            WHILE missing > 0 LOOP
                present := present + step;
                IF duty_rest_day(present) THEN
                    IF extract(isodow FROM present) < 6 THEN rested := rested || present; END IF;
                ELSE
                    missing := missing - 1;
                    IF extract(isodow FROM present) >= 6 THEN worked := worked || present; END IF;
                END IF;
            END LOOP;
        ELSE
            present := first + p_days;
        END IF;
        due_at := (present + time '23:59:59') AT TIME ZONE 'Asia/Shanghai';
        SELECT c.version, c.official INTO version, official FROM duty_calendarday c
        WHERE c.date BETWEEN date_trunc('year', present)::date AND (date_trunc('year', present) + interval '1 year')::date - 1
        ORDER BY c.version DESC LIMIT 1;
        RETURN NEXT;
    END $$
"""

RULE = """
    CREATE FUNCTION hazard_rule(p_code text, p_at timestamptz) RETURNS hazards_rule LANGUAGE sql STABLE AS $$
    SELECT r FROM hazards_rule r WHERE r.code = p_code AND r.effective_from <= p_at
    ORDER BY r.effective_from DESC LIMIT 1
    $$
"""


def add(apps, schema_editor):
    effective = datetime(2020, 1, 1, tzinfo=UTC)
    rule, route = apps.get_model("hazards", "Rule"), apps.get_model("hazards", "Route")
    rule.objects.bulk_create(
        rule(code=code, value=value, measure=measure, source=source, effective_from=effective)
        for code, (value, measure, source) in RULES.items()
    )
    route.objects.bulk_create(route(**row) for row in routes())


def remove(apps, schema_editor):
    apps.get_model("hazards", "Rule").objects.all().delete()
    apps.get_model("hazards", "Route").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("hazards", "0001_hazards"), ("duty", "0002_who_is_on")]
    operations = [
        migrations.RunSQL([COUNTED, RULE], reverse_sql="DROP FUNCTION hazard_rule; DROP FUNCTION hazard_counted"),
        migrations.RunPython(add, remove),
    ]
