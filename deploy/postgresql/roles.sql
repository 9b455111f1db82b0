-- Who may log in to the database, and what each may do. As a superuser, once, before the first migration:
--
--   psql -v owner_password=... -v web_password=... -v auditor_password=... -v backup_password=... -f roles.sql
--
-- owner    makes and changes tables: migrations, keys, drills, shredding; never the web server's log-in
-- web      the application: member of chongyang_app, which may not change ledger and audit rows
-- auditor  reads everything but what the vault sealed and secrets; writes nothing
-- backup   copies the cluster (pg_basebackup) and receives its WAL
--
-- Safe to run again; passwords are set anew. Then `GRANT`s of the auditor for new tables: run auditor.sql after each
-- upgrade (it is at the end of this file, under the condition that the tables are there).
\set ON_ERROR_STOP on

SELECT 'CREATE ROLE chongyang_app NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'chongyang_app') \gexec
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['chongyang_owner', 'chongyang_web', 'chongyang_auditor',
    'chongyang_backup']) AS name WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE chongyang_owner LOGIN PASSWORD :'owner_password' CONNECTION LIMIT 10;
ALTER ROLE chongyang_web LOGIN PASSWORD :'web_password';
ALTER ROLE chongyang_auditor LOGIN PASSWORD :'auditor_password' CONNECTION LIMIT 5;
ALTER ROLE chongyang_backup LOGIN REPLICATION PASSWORD :'backup_password' CONNECTION LIMIT 5;
GRANT chongyang_app TO chongyang_web;

-- A question of the auditor's never holds the tills up for long.
ALTER ROLE chongyang_auditor SET statement_timeout = '10min';
ALTER ROLE chongyang_auditor SET default_transaction_read_only = on;
ALTER ROLE chongyang_auditor SET idle_in_transaction_session_timeout = '1min';
ALTER ROLE chongyang_web SET idle_in_transaction_session_timeout = '5min';

SELECT 'CREATE DATABASE chongyang OWNER chongyang_owner TEMPLATE template0 LOCALE ''C'' ENCODING ''UTF8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'chongyang') \gexec
ALTER DATABASE chongyang OWNER TO chongyang_owner;
REVOKE CONNECT, TEMPORARY ON DATABASE chongyang FROM PUBLIC;
GRANT CONNECT ON DATABASE chongyang TO chongyang_web, chongyang_auditor, chongyang_backup;

\connect chongyang
ALTER SCHEMA public OWNER TO chongyang_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
\ir auditor.sql
