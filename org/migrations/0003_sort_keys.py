"""Names in the order of pinyin; names and numbers on the register lose what draws nothing and get one spelling.

Nobody is merged: ``manage.py doubles`` lists who may be one person.
"""

from typing import Any

from django.db import migrations, models

from database.pinyin import sort_key
from database.text import clean, name
from org.rules.phones import phone_number

BATCH = 2000
KEY: dict[str, Any] = {"db_collation": "C", "default": "", "editable": False, "max_length": 960}


def spell(apps: Any, schema_editor: Any) -> None:
    for model, person in (("Unit", False), ("Person", True)):
        table = apps.get_model("org", model).objects
        rows = []
        for row in table.only("pk", "name", "name_en", "phone", "sort_key").order_by("pk").iterator(BATCH):
            row.name, row.name_en, row.phone = name(row.name), clean(row.name_en), _phone(row.phone)
            row.sort_key = sort_key(row.name, person=person)[: KEY["max_length"]]
            rows.append(row)
            if len(rows) == BATCH:
                table.bulk_update(rows, ["name", "name_en", "phone", "sort_key"])
                rows = []
        table.bulk_update(rows, ["name", "name_en", "phone", "sort_key"])


def _phone(text: str) -> str:
    """As the register keeps it; what is no number stays, for somebody to mend, as long as it fits."""
    try:
        made = phone_number(text)
    except ValueError:
        made = clean(text)
    return made if len(made) <= 24 else clean(text)


class Migration(migrations.Migration):
    dependencies = [("org", "0002_access_and_demonstration")]
    operations = [
        migrations.AlterModelOptions(
            name="person",
            options={"ordering": ["sort_key", "id"], "verbose_name": "person", "verbose_name_plural": "people"},
        ),
        migrations.AddField("person", "sort_key", models.CharField(**KEY)),
        migrations.AddField("unit", "sort_key", models.CharField(**KEY)),
        migrations.RunPython(spell, migrations.RunPython.noop),
    ]
