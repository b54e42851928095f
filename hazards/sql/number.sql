-- `hazard_ref()`: the next number of a ticket, YH2026-0100, counted anew each year (Beijing time). The sequence
-- hazard_number lets nobody wait for the commit of whoever filed before; what is rolled back leaves a gap.
CREATE OR REPLACE FUNCTION hazard_ref() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    this int := extract(year FROM sanji_now() AT TIME ZONE 'Asia/Shanghai');
    stood bigint;
    n text;
BEGIN
    SELECT value INTO stood FROM journal_counter WHERE kind = 'hazard' AND year = this;
    IF stood IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('hazard_ref'));
        SELECT value INTO stood FROM journal_counter WHERE kind = 'hazard' AND year = this;
        IF stood IS NULL THEN
            stood := nextval('hazard_number');
            INSERT INTO journal_counter (kind, year, value) VALUES ('hazard', this, stood);
        END IF;
    END IF;
    n := (nextval('hazard_number') - stood)::text;
    RETURN 'YH' || this || '-' || lpad(n, greatest(4, length(n)), '0');
END $$;
