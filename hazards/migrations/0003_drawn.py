from django.db import migrations, models

import hazards.rules.drawn


class Migration(migrations.Migration):
    dependencies = [("hazards", "0002_deadlines_and_defaults")]
    operations = [
        migrations.AddField(
            model_name="hazard",
            name="drawn",
            field=models.GeneratedField(
                expression=hazards.rules.drawn.Drawn(), output_field=models.TextField(), db_persist=True
            ),
        ),
        migrations.AddField(
            model_name="hazard",
            name="lon",
            field=models.GeneratedField(
                expression=models.Func("point", function="ST_X"), output_field=models.FloatField(), db_persist=True
            ),
        ),
        migrations.AddField(
            model_name="hazard",
            name="lat",
            field=models.GeneratedField(
                expression=models.Func("point", function="ST_Y"), output_field=models.FloatField(), db_persist=True
            ),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                fields=["lon", "lat"],
                include=["drawn", "next_due_at"],
                name="hazard_map",
                condition=models.Q(("status__in", ["closed", "merged", "turned_away"]), _negated=True),
            ),
        ),
    ]
