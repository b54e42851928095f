"""The red ladder calls those who carry a rainy night, and nobody three ranks below a silent leader is called in their
place. A county that set its own ladder keeps it.
"""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations, models

from command.rules.default_ladders import SOURCE, rows


def renew(apps: Any, schema_editor: Any) -> None:
    ladders = apps.get_model("command", "Ladder").objects
    for row in rows():
        newest = ladders.filter(colour=row["colour"], fast=row["fast"]).order_by("-version").first()
        if newest is None or newest.set_by_id is not None or newest.source != SOURCE:
            continue
        if newest.above == row["above"] and newest.called == row["called"]:
            continue
        ladders.create(**{**row, "version": newest.version + 1}, effective_from=datetime.now(UTC))


class Migration(migrations.Migration):
    dependencies = [("command", "0010_headquarters_and_desk_officers")]

    operations = [
        migrations.RunPython(renew, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="ladder",
            name="above",
            field=models.JSONField(
                help_text="level of the silent unit, or its post → post codes of the unit above",
                verbose_name="who is called above",
            ),
        ),
    ]
