"""The application's role in the database: it works with rows, and can neither change the journal nor its guards.

Tables belong to their owner, who migrates; processes connect as this role. It may append events and ask for seals
(`journal_seal_next`), read both, and change neither; the event's number and times are given by the database alone. It
owns nothing, so it can switch no trigger off.
"""

from __future__ import annotations

from django.db import connection, transaction
from psycopg2 import sql

from journal.models import Event

GIVEN_BY_DATABASE = ("seq", "at", "written_at")
_ALL = """
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
    REVOKE INSERT, UPDATE, DELETE ON journal_event, journal_seal, journal_epoch, django_migrations FROM {role};
    GRANT INSERT ({columns}) ON journal_event TO {role};
    REVOKE EXECUTE ON FUNCTION journal_seal_next(integer, interval) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION journal_seal_next(integer, interval) TO {role};
"""


def make(role: str, password: str = "") -> None:
    """Create the role, or alter it, and grant it what it needs. To be run by the owner, after each migration."""
    columns = [field.column for field in Event._meta.concrete_fields if field.column not in GIVEN_BY_DATABASE]
    name = sql.Identifier(role)
    flags = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('journal.actions.roles'))")
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [role])
        verb = sql.SQL("ALTER" if cursor.fetchone()[0] else "CREATE")
        cursor.execute(sql.SQL("{} ROLE {} " + flags).format(verb, name))
        if password:
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password)))
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        cursor.execute(sql.SQL(_ALL).format(role=name, columns=names))


def powers() -> list[str]:
    """Excess privileges of this connection's role on the journal, in words; empty when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, pg_has_role(current_user, c.relowner, 'MEMBER'),"
            " has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
            " FROM pg_roles, pg_class c WHERE rolname = current_user"
            " AND c.relname IN ('journal_event', 'journal_seal') AND c.relnamespace = 'public'::regnamespace"
        )
        rows = cursor.fetchall()
    words = ("is a superuser", "owns the journal's tables", "may change the journal's rows")
    return [word for n, word in enumerate(words) if any(row[n] for row in rows)]
