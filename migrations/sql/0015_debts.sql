-- Claims on points, once more: they reach into what came out of the grant's lot, and points that come back after a
-- claim pay what stands as a debt of theirs. Run by versions/0015_allowance_rest.py, which also lets ledger.reverse
-- call offset_debts.

-- Each lot with the one it came out of at first: itself, or the root of its parents.
CREATE FUNCTION ledger.lot_roots(p_home bigint) RETURNS TABLE (lot bigint, root bigint) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line (lot, root) AS (
        SELECT l.id, l.id FROM ledger.lot AS l WHERE l.home = p_home AND l.parent_lot IS NULL
        UNION ALL
        SELECT l.id, o.root FROM line AS o JOIN ledger.lot AS l ON l.home = p_home AND l.parent_lot = o.lot
    )
    SELECT line.lot, line.root FROM line
$$;

-- What a payer owes of claims on points already spent, by the root of the lots they came from; nothing where
-- nothing is owed. Claims are written beside no lot: their grant's lot is the root.
CREATE FUNCTION ledger.debts(p_home bigint) RETURNS TABLE (root bigint, owed_fen bigint) LANGUAGE sql STABLE AS $$
    SELECT m.root, sum(m.fen)::bigint
      FROM (SELECT g.lot_id AS root, p.amount_fen AS fen
              FROM ledger.txn AS t
              JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id AND p.debit <> 1
              JOIN ledger.posting AS g ON g.home = t.home AND g.txn_id = t.reverses AND g.credit = 1
             WHERE t.home = p_home AND t.kind = 'claw_back'
            UNION ALL
            SELECT r.root, -p.amount_fen
              FROM ledger.txn AS t
              JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
              JOIN ledger.lot_roots(p_home) AS r ON r.lot = p.lot_id
             WHERE t.home = p_home AND t.kind = 'offset') AS m
     GROUP BY m.root HAVING sum(m.fen) > 0
$$;

-- Points that a reversal gave back, though their claim stands as a debt, pay that debt at once: a movement of its own,
-- behind the reversal and in its database transaction. Its id and key follow from the reversal's, so that it is
-- there once. Returns the balance after it, whether something was owed or not. The book must be locked.
CREATE FUNCTION ledger.offset_debts(
    p_home bigint, p_reversal uuid, p_actor text, p_device text, p_occurred_at timestamptz, p_now timestamptz,
    OUT balance_fen bigint
) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_book record;
    v_key text := 'offset:' || p_reversal;
    v_digest text := encode(sha256(convert_to(v_key, 'UTF8')), 'hex');
    -- The moment of the reversal's id, then what only this id has; 7 and 8 mark a UUID of version 7.
    v_txn uuid := left(p_reversal::text, 13) || '-7' || left(v_digest, 3) || '-8' || substr(v_digest, 4, 3) || '-'
                  || substr(v_digest, 7, 12);
    v_account bigint;
    v_lots bigint[];
    v_amounts bigint[];
    v_count integer;
    v_claims uuid[];
    v_cause json;
    v_fingerprint bytea;
    v_answer bytea;
BEGIN
    SELECT b.balance_fen, b.seq, b.head INTO v_book FROM ledger.book AS b WHERE b.home = p_home;
    balance_fen := v_book.balance_fen;
    PERFORM FROM ledger.txn AS t WHERE t.home = p_home AND t.kind = 'claw_back';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT array_agg(o.lot_id ORDER BY o.n), array_agg(o.fen ORDER BY o.n), count(*), balance_fen - sum(o.fen)
      INTO v_lots, v_amounts, v_count, balance_fen
      FROM (SELECT p.n, p.lot_id, least(p.amount_fen, d.owed_fen - coalesce(sum(p.amount_fen) OVER earlier, 0))::bigint AS fen
              FROM ledger.posting AS p
              JOIN ledger.lot_roots(p_home) AS r ON r.lot = p.lot_id
              JOIN ledger.debts(p_home) AS d ON d.root = r.root
             WHERE p.home = p_home AND p.txn_id = p_reversal AND p.credit = 1
            WINDOW earlier AS (PARTITION BY d.root ORDER BY p.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS o
     WHERE o.fen > 0;
    IF v_count = 0 THEN
        balance_fen := v_book.balance_fen;
        RETURN;
    END IF;

    UPDATE ledger.lot AS l SET remaining_fen = l.remaining_fen - t.fen
      FROM (SELECT u.lot, sum(u.fen) AS fen FROM unnest(v_lots, v_amounts) AS u (lot, fen) GROUP BY u.lot) AS t
     WHERE l.home = p_home AND l.id = t.lot;
    SELECT a.id INTO STRICT v_account FROM ledger.account AS a
     WHERE a.kind = 'receivable' AND a.owner_ref = 'receivable:' || p_home;
    INSERT INTO ledger.posting (home, txn_id, n, debit, credit, amount_fen, lot_id)
    SELECT p_home, v_txn, u.n, 1, v_account, u.fen, u.lot
      FROM unnest(v_lots, v_amounts) WITH ORDINALITY AS u (lot, fen, n);
    -- Decided by what the claims were decided by.
    SELECT array_agg(t.id ORDER BY t.seq) INTO v_claims FROM ledger.txn AS t
     WHERE t.home = p_home AND t.kind = 'claw_back' AND EXISTS (
           SELECT FROM ledger.posting AS g JOIN ledger.lot_roots(p_home) AS r ON r.root = g.lot_id AND r.lot = ANY (v_lots)
            WHERE g.home = t.home AND g.txn_id = t.reverses);
    SELECT json_build_object('what', 'offset', 'claims', v_claims, 'policies', coalesce(json_agg(DISTINCT e.number::bigint), '[]'))
      INTO v_cause
      FROM ledger.txn AS t, json_array_elements_text(coalesce(t.cause -> 'policies', '[]')) AS e (number)
     WHERE t.home = p_home AND t.id = ANY (v_claims);
    v_fingerprint := sha256(convert_to(json_build_array(p_home, p_reversal, v_lots, v_amounts)::text, 'UTF8'));
    v_answer := ledger.answer_hash(v_key, v_fingerprint, NULL);
    v_book.seq := v_book.seq + 1;
    v_book.head := sha256(v_book.head || convert_to(json_build_array(
        1, p_home, v_book.seq, v_txn, 'offset', p_reversal, ledger.micros(p_occurred_at), ledger.micros(p_now), p_actor,
        p_device, array_fill(1, ARRAY[v_count]), array_fill(v_account, ARRAY[v_count]), v_amounts, v_lots, NULL, NULL,
        balance_fen, encode(v_answer, 'hex'), v_cause)::text, 'UTF8'));
    INSERT INTO ledger.txn (home, id, seq, kind, reverses, occurred_at, booked_at, actor, device, balance_fen, answer, cause, hash)
    VALUES (p_home, v_txn, v_book.seq, 'offset', p_reversal, p_occurred_at, p_now, p_actor, p_device,
            offset_debts.balance_fen, v_answer, v_cause, v_book.head);
    UPDATE ledger.book AS b SET balance_fen = offset_debts.balance_fen, seq = v_book.seq, head = v_book.head
     WHERE b.home = p_home;
    INSERT INTO ledger.idem (home, key, fingerprint, outcome, txn_id, balance_fen, answered_at)
    VALUES (p_home, v_key, v_fingerprint, 'booked', v_txn, offset_debts.balance_fen, p_now);
END $$;

-- Claim back points that were not due: what is left of them, first from their lot, then from the lots that came out
-- of it; what was spent of them stands as a debt of the payer (account receivable). What expired unused has gone back
-- already. Outcomes: booked, key_reused, txn_unknown, not_a_grant, nothing_left.
CREATE OR REPLACE FUNCTION ledger.claw_back(
    p_home bigint, p_key text, p_fingerprint bytea, p_txn uuid, p_grant uuid, p_amount_fen bigint, p_receivable bigint,
    p_cause json, p_response json, p_actor text, p_device text, p_occurred_at timestamptz, p_now timestamptz,
    OUT outcome text, OUT txn_id uuid, OUT balance_fen bigint, OUT response json, OUT replayed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_book record;
    v_answer bytea := ledger.answer_hash(p_key, p_fingerprint, p_response);
    v_given record;
    v_spent_fen bigint;
    v_owing_fen bigint;
    v_claim_fen bigint;
    v_from_lots_fen bigint := 0;
    v_owed_fen bigint;
    v_debits bigint[] := '{}';
    v_amounts bigint[] := '{}';
    v_lots bigint[] := '{}';
    v_count integer;
BEGIN
    -- One account for each payer: what comes back later finds the debt there.
    IF p_amount_fen <= 0 OR NOT EXISTS (
        SELECT FROM ledger.account AS a
         WHERE a.id = p_receivable AND a.kind = 'receivable' AND a.owner_ref = 'receivable:' || p_home
    ) THEN
        RAISE EXCEPTION 'an amount above zero is claimed back, onto the payer''s account of kind receivable'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_book FROM ledger.open_book(p_home);
    SELECT r.outcome, r.txn_id, r.balance_fen, r.response, r.replayed INTO outcome, txn_id, balance_fen, response, replayed
      FROM ledger.recall(p_home, p_key, p_fingerprint) AS r;
    IF replayed THEN
        RETURN;
    END IF;

    balance_fen := v_book.balance_fen;
    SELECT t.kind, p.lot_id AS lot, p.debit AS funder, p.amount_fen INTO v_given
      FROM ledger.txn AS t JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id AND p.credit = 1
     WHERE t.home = p_home AND t.id = p_grant ORDER BY p.n LIMIT 1;
    outcome := CASE WHEN NOT FOUND THEN 'txn_unknown' WHEN v_given.kind <> 'grant' THEN 'not_a_grant' ELSE 'booked' END;

    IF outcome = 'booked' THEN
        -- What of the lot and of those that came out of it was used and not given back, and not claimed as a debt before.
        SELECT coalesce(sum(p.amount_fen - coalesce(f.refunded_fen, 0)), 0) INTO v_spent_fen
          FROM ledger.lot_roots(p_home) AS r
          JOIN ledger.posting AS p ON p.home = p_home AND p.lot_id = r.lot AND p.debit = 1
          JOIN ledger.txn AS t ON t.home = p.home AND t.id = p.txn_id AND t.kind = 'spend'
          LEFT JOIN ledger.refund AS f ON f.home = p.home AND f.txn_id = p.txn_id AND f.n = p.n
         WHERE r.root = v_given.lot;
        SELECT coalesce(sum(d.owed_fen), 0) INTO v_owing_fen FROM ledger.debts(p_home) AS d WHERE d.root = v_given.lot;
        -- Never more than the grant gave, however often it is corrected.
        SELECT least(p_amount_fen, v_given.amount_fen - coalesce(sum(p.amount_fen), 0)) INTO v_claim_fen
          FROM ledger.txn AS t JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
         WHERE t.home = p_home AND t.reverses = p_grant;
        -- The lot itself first, then what ends first.
        SELECT coalesce(array_agg(k.id ORDER BY k.place), '{}'), coalesce(array_agg(k.fen ORDER BY k.place), '{}'),
               coalesce(sum(k.fen), 0)
          INTO v_lots, v_amounts, v_from_lots_fen
          FROM (SELECT l.id, row_number() OVER line AS place,
                       least(l.remaining_fen, v_claim_fen - (sum(l.remaining_fen) OVER line - l.remaining_fen))::bigint AS fen
                  FROM ledger.lot_roots(p_home) AS r JOIN ledger.lot AS l ON l.home = p_home AND l.id = r.lot
                 WHERE r.root = v_given.lot AND l.remaining_fen > 0
                WINDOW line AS (ORDER BY l.id <> v_given.lot, l.expires_on, l.id)) AS k
         WHERE k.fen > 0;
        v_owed_fen := greatest(least(v_claim_fen - v_from_lots_fen, v_spent_fen - v_owing_fen), 0);
        IF v_from_lots_fen + v_owed_fen = 0 THEN
            outcome := 'nothing_left';
        END IF;
    END IF;
    IF outcome <> 'booked' THEN
        PERFORM ledger.remember(p_home, p_key, p_fingerprint, outcome, balance_fen, NULL, p_now);
        RETURN;
    END IF;

    UPDATE ledger.lot AS l SET remaining_fen = l.remaining_fen - t.fen
      FROM unnest(v_lots, v_amounts) AS t (id, fen) WHERE l.home = p_home AND l.id = t.id;
    balance_fen := balance_fen - v_from_lots_fen;
    v_debits := array_fill(1::bigint, ARRAY[cardinality(v_lots)]);
    IF v_owed_fen > 0 THEN
        v_debits := v_debits || p_receivable;
        v_amounts := v_amounts || v_owed_fen;
    END IF;
    v_count := cardinality(v_debits);
    INSERT INTO ledger.posting (home, txn_id, n, debit, credit, amount_fen, lot_id)
    SELECT p_home, p_txn, u.n, u.debit, v_given.funder, u.amount_fen, u.lot
      FROM unnest(v_debits, v_amounts, v_lots) WITH ORDINALITY AS u (debit, amount_fen, lot, n);

    v_book.seq := v_book.seq + 1;
    v_book.head := sha256(v_book.head || convert_to(json_build_array(
        1, p_home, v_book.seq, p_txn, 'claw_back', p_grant, ledger.micros(p_occurred_at), ledger.micros(p_now), p_actor,
        p_device, v_debits, array_fill(v_given.funder, ARRAY[v_count]), v_amounts, v_lots, NULL, NULL, balance_fen,
        encode(v_answer, 'hex'), p_cause)::text, 'UTF8'));
    INSERT INTO ledger.txn (home, id, seq, kind, reverses, occurred_at, booked_at, actor, device, balance_fen, answer, cause, hash)
    VALUES (p_home, p_txn, v_book.seq, 'claw_back', p_grant, p_occurred_at, p_now, p_actor, p_device, claw_back.balance_fen,
            v_answer, p_cause, v_book.head);
    UPDATE ledger.book AS b SET balance_fen = claw_back.balance_fen, seq = v_book.seq, head = v_book.head WHERE b.home = p_home;
    INSERT INTO ledger.idem (home, key, fingerprint, outcome, txn_id, balance_fen, response, answered_at)
    VALUES (p_home, p_key, p_fingerprint, 'booked', p_txn, claw_back.balance_fen, p_response, p_now);
    txn_id := p_txn;
    response := p_response;
END $$;

REVOKE ALL ON FUNCTION ledger.lot_roots, ledger.debts, ledger.offset_debts FROM PUBLIC;
