-- Seals: what was in the books at a moment, as one signed root. Run by versions/0008_seals.py.
-- The texts that the hashes cover are described, with the same rendering in Python, in subsidies/seals/texts.py.
--
-- A round takes every book that changed since its last leaf, found by comparing the books themselves: a
-- transaction that commits late has a higher number in its book and is in the next round. Nothing here locks
-- a row that a sale needs.

-- ------------------------------------------------------------------ tables

-- One round: all its blocks under one root, chained to the round before, signed.
CREATE TABLE ledger.seal (
    height bigint CONSTRAINT pk_seal PRIMARY KEY,
    prev bytea NOT NULL,
    root bytea NOT NULL,
    blocks integer NOT NULL,
    leaves bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL
);

-- The public halves of the keys that signed.
CREATE TABLE ledger.seal_key (
    key_id text CONSTRAINT pk_seal_key PRIMARY KEY,
    public_key bytea NOT NULL,
    since timestamptz NOT NULL
);

-- Buckets 0 to 63 hold books, by home; 64 holds accounts; 65 answers that moved nothing.
CREATE TABLE ledger.block (
    bucket smallint NOT NULL,
    height bigint NOT NULL,
    prev bytea NOT NULL,
    root bytea NOT NULL,
    leaves integer NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT pk_block PRIMARY KEY (bucket, height)
);
CREATE INDEX ix_block_height_bucket ON ledger.block (height, bucket);

-- A book as it stood in a round, and which of its transactions the round covers.
CREATE TABLE ledger.block_leaf (
    bucket smallint NOT NULL,
    home bigint NOT NULL,
    height bigint NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint NOT NULL,
    head bytea NOT NULL,
    balance_fen bigint NOT NULL,
    CONSTRAINT pk_block_leaf PRIMARY KEY (home, height)
);
CREATE INDEX ix_block_leaf_height_bucket_home ON ledger.block_leaf (height, bucket, home);

CREATE TABLE ledger.account_leaf (
    account_id bigint CONSTRAINT pk_account_leaf PRIMARY KEY,
    height bigint NOT NULL,
    digest bytea NOT NULL
);
CREATE INDEX ix_account_leaf_height_account_id ON ledger.account_leaf (height, account_id);

CREATE TABLE ledger.answer_leaf (
    key text CONSTRAINT pk_answer_leaf PRIMARY KEY,
    height bigint NOT NULL,
    digest bytea NOT NULL
);
CREATE INDEX ix_answer_leaf_height_digest ON ledger.answer_leaf (height, digest);
-- Most answers booked something and are not in it: a sale pays nothing for it.
CREATE INDEX ix_idem_key ON ledger.idem (key) WHERE txn_id IS NULL;

-- How far each book is sealed: its last leaf, so that a round reads as many rows as there are books.
CREATE TABLE ledger.sealed_book (
    home bigint CONSTRAINT pk_sealed_book PRIMARY KEY,
    to_seq bigint NOT NULL,
    height bigint NOT NULL
) WITH (fillfactor = 70);

-- What each account gave and took in all that is sealed, divided by bucket.
CREATE TABLE ledger.rollup (
    account_id bigint NOT NULL,
    bucket smallint NOT NULL,
    debit_fen bigint NOT NULL,
    credit_fen bigint NOT NULL,
    height bigint NOT NULL,
    CONSTRAINT pk_rollup PRIMARY KEY (account_id, bucket)
) WITH (fillfactor = 70);

-- A seal that has to reach somebody: written with the seal, so that it cannot be lost.
CREATE TABLE seal_delivery (
    height bigint NOT NULL,
    channel text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    done_at timestamptz,
    fault text,
    CONSTRAINT pk_seal_delivery PRIMARY KEY (height, channel),
    CONSTRAINT ck_seal_delivery_channel CHECK (channel IN ('directory', 'webhook'))
);
CREATE INDEX ix_seal_delivery_channel_due_at ON seal_delivery (channel, due_at) WHERE done_at IS NULL;

CREATE TRIGGER keep_seal BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER keep_seal_key BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.seal_key
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER keep_block BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.block
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER keep_block_leaf BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.block_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER keep_account_leaf BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.account_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER keep_answer_leaf BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.answer_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- ------------------------------------------------------------------ the doors

-- Take everything that changed since its last leaf, and add it to the sums; return the round's height, or nothing
-- when nothing changed. close_round must follow in the same transaction. A second sealer waits here, then takes
-- what the first left; after a second it gives up.
CREATE FUNCTION ledger.cut_round() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' SET work_mem = '32MB' AS $$
DECLARE
    v_height bigint;
    v_books bigint;
    v_accounts bigint;
    v_answers bigint;
BEGIN
    -- Keeps other sealers out, and nobody else.
    LOCK TABLE ledger.seal IN SHARE ROW EXCLUSIVE MODE;
    SELECT coalesce(max(s.height), 0) + 1 INTO v_height FROM ledger.seal AS s;
    -- One statement, one snapshot: the books as they stood together at one moment.
    INSERT INTO ledger.block_leaf (bucket, home, height, from_seq, to_seq, head, balance_fen)
    SELECT b.home % 64, b.home, v_height, coalesce(s.to_seq, 0) + 1, b.seq, b.head, b.balance_fen
      FROM ledger.book AS b LEFT JOIN ledger.sealed_book AS s ON s.home = b.home
     WHERE b.seq > coalesce(s.to_seq, 0);
    GET DIAGNOSTICS v_books = ROW_COUNT;
    INSERT INTO ledger.account_leaf (account_id, height, digest)
    SELECT a.id, v_height, a.digest FROM ledger.account AS a
     WHERE NOT EXISTS (SELECT FROM ledger.account_leaf AS l WHERE l.account_id = a.id);
    GET DIAGNOSTICS v_accounts = ROW_COUNT;
    INSERT INTO ledger.answer_leaf (key, height, digest)
    SELECT i.key, v_height, i.digest FROM ledger.idem AS i
     WHERE i.txn_id IS NULL AND NOT EXISTS (SELECT FROM ledger.answer_leaf AS l WHERE l.key = i.key);
    GET DIAGNOSTICS v_answers = ROW_COUNT;
    IF v_books + v_accounts + v_answers = 0 THEN
        RETURN NULL;
    END IF;
    INSERT INTO ledger.sealed_book AS s (home, to_seq, height)
    SELECT l.home, l.to_seq, v_height FROM ledger.block_leaf AS l WHERE l.height = v_height
    ON CONFLICT (home) DO UPDATE SET to_seq = excluded.to_seq, height = excluded.height;
    -- Transactions up to a leaf never change, so that a later snapshot reads the same. OFFSET 0 keeps this a walk
    -- from leaf to postings, however many postings there are in all.
    INSERT INTO ledger.rollup AS r (account_id, bucket, debit_fen, credit_fen, height)
    SELECT x.account_id, l.bucket, sum(x.debit_fen)::bigint, sum(x.credit_fen)::bigint, v_height
      FROM ledger.block_leaf AS l
     CROSS JOIN LATERAL (
               SELECT p.debit, p.credit, p.amount_fen
                 FROM ledger.txn AS t JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
                WHERE t.home = l.home AND t.seq BETWEEN l.from_seq AND l.to_seq OFFSET 0
           ) AS m
     CROSS JOIN LATERAL (VALUES (m.debit, m.amount_fen, 0), (m.credit, 0, m.amount_fen)) AS x (account_id, debit_fen, credit_fen)
     WHERE l.height = v_height
     GROUP BY x.account_id, l.bucket
    ON CONFLICT (account_id, bucket) DO UPDATE
       SET debit_fen = r.debit_fen + excluded.debit_fen, credit_fen = r.credit_fen + excluded.credit_fen,
           height = excluded.height;
    RETURN v_height;
END $$;

-- Write down what was computed and signed over the round that this transaction cut.
CREATE FUNCTION ledger.close_round(
    p_height bigint, p_buckets smallint[], p_prevs bytea[], p_roots bytea[], p_leaves integer[],
    p_prev bytea, p_root bytea, p_sealed_at timestamptz, p_key_id text, p_public_key bytea, p_signature bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_height <> (SELECT coalesce(max(s.height), 0) + 1 FROM ledger.seal AS s) THEN
        RAISE EXCEPTION 'round % is not the next one', p_height USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO ledger.seal_key (key_id, public_key, since) VALUES (p_key_id, p_public_key, p_sealed_at)
    ON CONFLICT DO NOTHING;
    INSERT INTO ledger.block (bucket, height, prev, root, leaves, sealed_at)
    SELECT b.bucket, p_height, b.prev, b.root, b.leaves, p_sealed_at
      FROM unnest(p_buckets, p_prevs, p_roots, p_leaves) AS b (bucket, prev, root, leaves);
    INSERT INTO ledger.seal (height, prev, root, blocks, leaves, sealed_at, key_id, signature)
    SELECT p_height, p_prev, p_root, cardinality(p_buckets), sum(n), p_sealed_at, p_key_id, p_signature
      FROM unnest(p_leaves) AS n;
END $$;

-- ------------------------------------------------------------------ who may do what

GRANT SELECT ON ledger.seal, ledger.seal_key, ledger.block, ledger.block_leaf, ledger.account_leaf, ledger.answer_leaf,
    ledger.sealed_book, ledger.rollup TO chongyang_app;
GRANT SELECT, INSERT, UPDATE ON seal_delivery TO chongyang_app;
REVOKE ALL ON FUNCTION ledger.cut_round, ledger.close_round FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.cut_round, ledger.close_round TO chongyang_app;
