"""An event is committed within 50 s of the start of its transaction, or not at all: live cursors and seals rest on it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

FUNCTION = """
        IF clock_timestamp() - transaction_timestamp() > interval '50 seconds' THEN
            RAISE EXCEPTION 'an event must be committed within 50 s of the start of its transaction';
        END IF;
        RETURN NULL;
    """


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_counters"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="commits_soon",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func=FUNCTION,
                    hash="0590cf27557cdf3654df5474d20c18d87e67405e",
                    operation="INSERT",
                    pgid="pgtrigger_commits_soon_96eef",
                    table="journal_event",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
