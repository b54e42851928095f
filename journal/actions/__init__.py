"""What writes the journal and what hangs on it. Apps above record facts (`recording`); the rest runs by itself."""

from journal.actions.recording import (
    SYSTEM,
    Actor,
    By,
    Fact,
    actor_of,
    chain,
    record,
    record_all,
    record_announcements,
)

__all__ = ["SYSTEM", "Actor", "By", "Fact", "actor_of", "chain", "record", "record_all", "record_announcements"]
