"""A list's stored filters are called so in the code too: a view is a function that answers HTTP (docs/glossary.md)."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0010_exercises")]

    operations = [
        migrations.RenameModel(old_name="SavedView", new_name="SavedFilter"),
        migrations.AlterField(
            model_name="savedfilter",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_filters",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
