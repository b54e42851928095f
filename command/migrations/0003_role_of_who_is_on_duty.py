from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0004_called_by_roster"),
        ("command", "0002_default_ladders"),
    ]

    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="role",
            field=models.CharField(
                blank=True,
                help_text="A or B: in which role the person was called; D: on duty.",
                max_length=1,
                verbose_name="role",
            ),
        ),
    ]
