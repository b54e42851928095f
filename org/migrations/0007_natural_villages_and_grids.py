from django.db import migrations, models

LEVELS = [
    ("county", "county"),
    ("township", "township"),
    ("village", "village"),
    ("department", "department"),
    ("hamlet", "natural village"),
    ("grid", "grid"),
]


class Migration(migrations.Migration):
    dependencies = [("org", "0006_posts_of_a_county")]

    operations = [
        migrations.AlterField("unit", "code", models.CharField(max_length=15, unique=True, verbose_name="code")),
        migrations.AlterField("unit", "level", models.CharField(choices=LEVELS, max_length=12, verbose_name="level")),
        migrations.AlterField("post", "level", models.CharField(choices=LEVELS, max_length=12, verbose_name="level")),
    ]
