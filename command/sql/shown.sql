-- The state in which an assignment is shown at a moment (docs/adr/0030): the one definition of it. Pages, map layers,
-- the replay and the API ask this function; the browser's copy (static/js/map/shown.js) is held to its table of cases.
--
-- LANGUAGE sql without SET, one SELECT, each argument that may be costly used once: the planner puts the expression in
-- the place of the call. A state is in command/selectors/visible.py SHOWN.
CREATE OR REPLACE FUNCTION assignment_shown(
    status text, climbed_to text, ack_due_at timestamptz, answered_by bigint, person bigint, at timestamptz
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN status = 'called' AND ack_due_at > at THEN 'called'
        -- A reminder calls nobody else, and a vacancy has called nobody until the ladder has.
        WHEN status = 'called' AND climbed_to NOT IN ('', 'remind') THEN 'climbed'
        WHEN status = 'called' THEN 'silent'
        WHEN status = 'received' AND answered_by IS NOT NULL AND answered_by IS DISTINCT FROM person THEN 'answered_for'
        ELSE status
    END
$$;
