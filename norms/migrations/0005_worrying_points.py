"""The weights of tonight's most worrying points (board/rules/worry.py)."""

from django.db import migrations

from norms.migrations._defaults import lay_down

CODES = (
    *("worry_people_pct", "worry_warning_pct", "worry_rain_pct", "worry_slope_pct", "worry_house_pct"),
    *("worry_major_pct", "worry_silent_pct", "worry_dark_pct", "worry_dusk_h", "worry_vacant_pct"),
)


class Migration(migrations.Migration):
    dependencies = [("norms", "0004_official_papers")]
    operations = [migrations.RunPython(*lay_down(*CODES))]
