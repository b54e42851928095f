"""Levels of two ladders, the numbers of the county's own scale, and the plans that are there: what a warning suggests
moves from the emergency levels to the warning levels, and its words become codes of the catalogue of events.

Versions in force change with the others: a plan whose triggers no longer count would stay silent. The database's
guards of kept versions are off meanwhile.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

from norms.migrations._defaults import lay_down
from plans.rules.events import EVENTS, event_kind

LEVELS = [
    ("blue", "blue"), ("yellow", "yellow"), ("orange", "orange"), ("red", "red"),
    ("IV", "IV"), ("III", "III"), ("II", "II"), ("I", "I"),
]  # fmt: skip
COLOUR_OF = {"IV": "blue", "III": "yellow", "II": "orange", "I": "red"}
COLOURS = tuple(COLOUR_OF.values())
WATCH = ("stand_by", "notify", "confer", "monitor", "patrol", "inspect", "warn_residents", "publicise", "open_shelter")
"""Acts of a warning response: to watch, to inspect, to stand by, to prepare."""


def split(apps, schema_editor):
    level, action = apps.get_model("plans", "Level"), apps.get_model("plans", "Action")
    versions = sorted({row.version_id for row in level.objects.all() if any(map(_is_warning, row.triggers))})
    if not versions:
        return
    for version in versions:
        for_colour = _take_out(level.objects.filter(version=version))
        rows = list(action.objects.filter(version=version))
        asked = _asked(rows)
        colours = [colour for colour in COLOURS if colour in for_colour]
        for colour in colours:
            approver, note, rules = for_colour[colour]
            level.objects.create(version_id=version, level=colour, approver=approver, note=note, triggers=rules)
        for row in rows:
            added = [colour for colour in colours if colour in asked.get(row.code, ())]
            if added:
                row.levels = [*added, *row.levels]
                row.save(update_fields=["levels"])


def _is_warning(rule):
    return isinstance(rule, dict) and rule.get("signal") == "warning"


def _take_out(levels):
    """Colour → (approver, note, rules) of the levels' warning triggers, which leave the levels."""
    found: dict[str, tuple] = {}
    for row in levels:
        rules = [rule for rule in row.triggers if _is_warning(rule)]
        if not rules:
            continue
        row.triggers = [rule for rule in row.triggers if not _is_warning(rule)]
        row.save(update_fields=["triggers"])
        for rule in rules:
            for colour in rule.get("colour") or COLOURS:
                kept = {"signal": "warning", "colour": [colour], **_events(rule)}
                approver, note, others = found.setdefault(colour, (row.approver, row.note, []))
                if kept not in others:
                    others.append(kept)
    return found


def _events(rule):
    """Words as codes. A word that no event is named by stays: the trigger then matches nothing and is shown as wrong."""
    if not rule.get("events"):
        return {}
    found = [code for word in rule["events"] for code in _codes(word)]
    return {"events": list(dict.fromkeys(found)) or rule["events"]}


def _codes(word):
    """A word stood for every event whose name held it: 雪 for 暴雪."""
    if word in EVENTS:
        return [word]
    exact = event_kind([word])
    return [exact] if exact else [code for code, kind in EVENTS.items() if word in kind.zh]


def _asked(actions):
    """Code → the colours at which the action is asked: of the acts that a warning response has, with what comes first."""
    found = {
        row.code: {COLOUR_OF[one] for one in row.levels if one in COLOUR_OF} for row in actions if row.verb in WATCH
    }
    changed = True
    while changed:
        changed = False
        for row in actions:
            for first in row.after if row.code in found else ():
                both = found[row.code] & found.get(first, set())
                changed |= both != found[row.code]
                found[row.code] = both
    return found


def guards(state):
    tables = ("plans_level", "plans_action")
    return migrations.RunSQL(
        [f"ALTER TABLE {table} {state} TRIGGER USER" for table in tables],
        [f"ALTER TABLE {table} {'ENABLE' if state == 'DISABLE' else 'DISABLE'} TRIGGER USER" for table in tables],
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0006_inherited_names"), ("norms", "0003_numbers_of_people")]
    operations = [
        migrations.AlterField("level", "level", models.CharField(choices=LEVELS, max_length=8, verbose_name="level")),
        migrations.AlterField(
            "action",
            "levels",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8), size=None, verbose_name="levels"
            ),
        ),
        migrations.RunPython(*lay_down("county_scale_ii", "county_scale_i")),
        guards("DISABLE"),
        migrations.RunPython(split, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        guards("ENABLE"),
    ]
