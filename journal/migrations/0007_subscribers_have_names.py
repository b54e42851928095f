"""Relays name their subscriber by its own name, "command.climb_at_once", and no longer by the function's module."""

from django.db import migrations

RENAME = r"""
    UPDATE journal_relay SET subscriber = regexp_replace(subscriber, '^([a-z_]+)\.subscribers\.', '\1.')
    WHERE state = 'pending' AND subscriber ~ '^[a-z_]+\.subscribers\.'
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_timers_set_at")]

    operations = [migrations.RunSQL(RENAME, migrations.RunSQL.noop)]
