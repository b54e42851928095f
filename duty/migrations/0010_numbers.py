"""The numbers of duty and of plans move to norms, with every version, source and date; the model `Limit` goes."""

from django.db import migrations

from norms.migrations._defaults import lay_down

MEASURES = {"min": "minutes", "h": "hours", "d": "days", "days": "days", "pct": "percent"}
"""By how a code ends. Counted are failures, and the reports of the public within an hour (``public_…_h``)."""


def measure_of(code):
    return "times" if code.startswith("public_") else MEASURES.get(code.rpartition("_")[2], "times")


def move(apps, schema_editor):
    number = apps.get_model("norms", "Number")
    number.objects.bulk_create(
        number(measure=measure_of(row["code"]), **row)
        for row in apps.get_model("duty", "Limit").objects.values("code", "value", "source", "effective_from")
    )


def back(apps, schema_editor):
    limit, rows = apps.get_model("duty", "Limit"), apps.get_model("norms", "Number").objects.filter(unit=None)
    # Those of hazards are measured otherwise than their codes say.
    mine = [
        row
        for row in rows.values("code", "value", "source", "effective_from", "measure")
        if row.pop("measure") == measure_of(row["code"])
    ]
    limit.objects.bulk_create(limit(**row) for row in mine)
    rows.filter(code__in={row["code"] for row in mine}).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0009_limits"),
        ("norms", "0001_numbers"),
        # It wrote its numbers into duty's table.
        ("plans", "0002_numbers_and_writers"),
    ]
    operations = [
        migrations.RunPython(move, back),
        migrations.DeleteModel("Limit"),
        migrations.RunPython(*lay_down("override_longest_days")),
    ]
