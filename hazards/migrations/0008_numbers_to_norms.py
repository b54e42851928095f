"""The numbers of hazards move to norms, with every version, source and date; the model `Rule` goes."""

from importlib import import_module

from django.db import migrations

ROWS = "code, value, measure, source, effective_from"
BEFORE = import_module("hazards.migrations.0002_deadlines_and_defaults")
CODES = ", ".join(f"'{code}'" for code in BEFORE.RULES)
MOVE = f"INSERT INTO norms_number ({ROWS}) SELECT {ROWS} FROM hazards_rule"

BACK = f"""
    INSERT INTO hazards_rule ({ROWS}) SELECT {ROWS} FROM norms_number WHERE unit_id IS NULL AND code IN ({CODES});
    DELETE FROM norms_number WHERE code IN ({CODES})
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0007_tallies"), ("norms", "0001_numbers")]
    operations = [
        migrations.RunSQL("DROP FUNCTION hazard_rule(text, timestamptz)", BEFORE.RULE),
        migrations.RunSQL(MOVE, BACK),
        migrations.DeleteModel("Rule"),
    ]
