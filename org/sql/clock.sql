-- The system's clock (database/clock.py): the database's own, which tests and demonstrations move for one session.
CREATE OR REPLACE FUNCTION sanji_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT statement_timestamp()
         + COALESCE(NULLIF(current_setting('sanji.clock_offset', true), '')::interval, interval '0')
$$;
