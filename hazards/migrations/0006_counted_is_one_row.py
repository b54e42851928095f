"""``hazard_counted`` gives one row: told so, the database plans what is joined with it for one and not for a thousand."""

from django.db import migrations

COUNTED = "ALTER FUNCTION hazard_counted(timestamptz, int, boolean) ROWS"


class Migration(migrations.Migration):
    dependencies = [("hazards", "0005_indexes_that_pay")]

    operations = [migrations.RunSQL(f"{COUNTED} 1", reverse_sql=f"{COUNTED} 1000")]
