-- Seals: a SHA-256 chain over runs of events. The digest is computed in one place, here, for sealing and for verifying.

-- One event as the text that is hashed. Format 1 (seals made before 2026-12) left written_at out.
CREATE OR REPLACE FUNCTION journal_event_text(e journal_event, p_format smallint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_format = 1 THEN
        jsonb_build_array(e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.verb, e.by, e.by_name,
            e.unit_path, e.subject, e.root, e.cause, e.data, e.card, e.exercise)::text
    ELSE
        jsonb_build_array(e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            to_char(e.written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.verb, e.by, e.by_name,
            e.unit_path, e.subject, e.root, e.cause, e.data, e.card, e.exercise)::text
    END
$$;

-- First seq, number of events and digest of the events in (p_after, p_upto]. The digest begins with the digest of the
-- seal before and, in format 2, with the seal's own number, so that a seal left out shows.
CREATE OR REPLACE FUNCTION journal_digest(
    p_after bigint, p_upto bigint, p_number bigint, p_previous text, p_format smallint
) RETURNS TABLE (first_seq bigint, events bigint, digest text)
LANGUAGE sql STABLE AS $$
    SELECT coalesce(min(e.seq), 0), count(*), encode(sha256(convert_to(
        CASE WHEN p_format = 1 THEN p_previous ELSE p_number || ':' || p_previous || E'\n' END
        || coalesce(string_agg(journal_event_text(e, p_format) || E'\n', '' ORDER BY e.seq), ''), 'UTF8')), 'hex')
    FROM journal_event e WHERE e.seq > p_after AND e.seq <= p_upto
$$;

-- Seals the next settled events, at most p_most of them; gives back how many. One sealer at a time.
-- SECURITY DEFINER: the application's role may call it, and may not write a seal of its own making.
CREATE OR REPLACE FUNCTION journal_seal_next(p_most integer, p_settled interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last record;
    upto bigint;
    made record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('journal.seal'));
    SELECT s.number, s.last_seq, s.digest INTO last FROM public.journal_seal s ORDER BY s.number DESC LIMIT 1;
    SELECT max(seq) INTO upto FROM (
        SELECT e.seq FROM public.journal_event e
        WHERE e.seq > coalesce(last.last_seq, 0) AND e.written_at < now() - greatest(p_settled, interval '60 seconds')
        ORDER BY e.seq LIMIT p_most
    ) AS settled;
    IF upto IS NULL THEN
        RETURN 0;
    END IF;
    SELECT d.first_seq, d.events, d.digest INTO made FROM public.journal_digest(
        coalesce(last.last_seq, 0), upto, coalesce(last.number, 0) + 1, coalesce(last.digest, ''), 2::smallint) d;
    INSERT INTO public.journal_seal (number, format, first_seq, last_seq, count, previous, digest)
    VALUES (coalesce(last.number, 0) + 1, 2, made.first_seq, upto, made.events, coalesce(last.digest, ''), made.digest);
    RETURN made.events;
END
$$;
