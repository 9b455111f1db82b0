-- What the auditor's log-in reads: every table, but no column that the vault sealed and no secret's digest. Run again
-- after each upgrade, as the owner or a superuser: psql -d chongyang -f auditor.sql
\set ON_ERROR_STOP on
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT c.oid::regclass AS place, n.nspname AS home,
               string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FILTER (
                   WHERE a.atttypid <> 'bytea'::regtype AND a.attname !~ '(password|secret|token)'
                      OR n.nspname = 'ledger') AS columns
          FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
          JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'ledger') GROUP BY c.oid, n.nspname
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM chongyang_auditor', found.place);
        IF found.columns IS NOT NULL THEN
            EXECUTE format('GRANT SELECT (%s) ON %s TO chongyang_auditor', found.columns, found.place);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO chongyang_auditor', found.home);
    END LOOP;
END $$;
