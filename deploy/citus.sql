-- The hot tables over several machines with Citus 12 or later (PostgreSQL 15 or 16), when one machine is too small: with the
-- coordinator as the only node first, then with workers (citus_add_node). As the owner, in a quiet hour, after a drill.
-- Everything of one payer lies on one shard: `home` leads every hot key, so that one sale touches one machine.
-- The shape (keys, CHECKs, GRANTs, functions, what is refused) was tried on Citus 13 with three nodes while the ledger was
-- designed; this very file was not: docs/operations/growing.md says what to look at.
\set ON_ERROR_STOP on
BEGIN;

-- 1. Who gives and who takes: small, read by every sale, changed by none. On every machine.
SELECT create_reference_table('ledger.account');

-- 2. A distributed table has no triggers. What they refuse, the missing privileges refuse as well (the application's role
--    may not write these tables); what is lost is the second line against the owner.
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT tgname, tgrelid::regclass AS place FROM pg_trigger
                  WHERE NOT tgisinternal AND tgrelid::regclass::text IN ('ledger.book', 'ledger.lot', 'ledger.txn',
                        'ledger.posting', 'ledger.refund', 'ledger.idem', 'ledger.block_leaf')
    LOOP EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.place); END LOOP;
END $$;

-- 3. Unique keys must hold the column of distribution. One key for two payers is then found by the audit, not at once.
ALTER TABLE ledger.idem DROP CONSTRAINT pk_idem, ADD CONSTRAINT pk_idem PRIMARY KEY (home, key);

--    A table on one machine cannot point to one on many; the service that writes disputes reads the movement first.
ALTER TABLE dispute DROP CONSTRAINT fk_dispute_txn;

-- 4. The books, and what hangs on them, side by side.
SELECT create_distributed_table('ledger.book', 'home', shard_count => 64);
SELECT create_distributed_table('ledger.lot', 'home', colocate_with => 'ledger.book');
SELECT create_distributed_table('ledger.txn', 'home', colocate_with => 'ledger.book');
SELECT create_distributed_table('ledger.posting', 'home', colocate_with => 'ledger.book');
SELECT create_distributed_table('ledger.refund', 'home', colocate_with => 'ledger.book');
SELECT create_distributed_table('ledger.idem', 'home', colocate_with => 'ledger.book');
SELECT create_distributed_table('ledger.block_leaf', 'home', colocate_with => 'ledger.book');

-- 5. The functions run where the book lies: one round trip, as on one machine.
SELECT create_distributed_function(oid::regprocedure, 'p_home', colocate_with => 'ledger.book')
  FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace AND proname IN ('spend', 'reverse')
   AND pg_get_function_arguments(oid) ~ '\mp_home bigint';

COMMIT;
