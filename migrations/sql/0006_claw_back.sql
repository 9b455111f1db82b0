-- Claim back points that were not due: what is left of them from their lot, what was spent of them as a debt of
-- the payer (account receivable). What expired unused has gone back already. Run by versions/0006_allowance.py.
-- Outcomes: booked, key_reused, txn_unknown, not_a_grant, nothing_left.

CREATE FUNCTION ledger.claw_back(
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
    v_claim_fen bigint;
    v_from_lot_fen bigint;
    v_owed_fen bigint;
    v_debits bigint[] := '{}';
    v_amounts bigint[] := '{}';
    v_lots bigint[] := '{}';
    v_count integer;
BEGIN
    IF p_amount_fen <= 0 OR NOT EXISTS (
        SELECT FROM ledger.account AS a WHERE a.id = p_receivable AND a.kind = 'receivable'
    ) THEN
        RAISE EXCEPTION 'an amount above zero is claimed back, onto an account of kind receivable'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_book FROM ledger.open_book(p_home);
    SELECT r.outcome, r.txn_id, r.balance_fen, r.response, r.replayed INTO outcome, txn_id, balance_fen, response, replayed
      FROM ledger.recall(p_home, p_key, p_fingerprint) AS r;
    IF replayed THEN
        RETURN;
    END IF;

    balance_fen := v_book.balance_fen;
    SELECT t.kind, l.id AS lot, l.remaining_fen, p.debit AS funder, p.amount_fen INTO v_given
      FROM ledger.txn AS t
      JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id AND p.credit = 1
      JOIN ledger.lot AS l ON l.home = p.home AND l.id = p.lot_id
     WHERE t.home = p_home AND t.id = p_grant ORDER BY p.n LIMIT 1;
    outcome := CASE WHEN NOT FOUND THEN 'txn_unknown' WHEN v_given.kind <> 'grant' THEN 'not_a_grant' ELSE 'booked' END;

    IF outcome = 'booked' THEN
        -- What of the lot was used and not given back.
        SELECT coalesce(sum(p.amount_fen - coalesce(f.refunded_fen, 0)), 0) INTO v_spent_fen
          FROM ledger.posting AS p JOIN ledger.txn AS t ON t.home = p.home AND t.id = p.txn_id AND t.kind = 'spend'
          LEFT JOIN ledger.refund AS f ON f.home = p.home AND f.txn_id = p.txn_id AND f.n = p.n
         WHERE p.home = p_home AND p.lot_id = v_given.lot AND p.debit = 1;
        -- Never more than the grant gave, however often it is corrected.
        SELECT least(p_amount_fen, v_given.amount_fen - coalesce(sum(p.amount_fen), 0)) INTO v_claim_fen
          FROM ledger.txn AS t JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
         WHERE t.home = p_home AND t.reverses = p_grant;
        v_from_lot_fen := least(v_claim_fen, v_given.remaining_fen);
        v_owed_fen := least(v_claim_fen - v_from_lot_fen, v_spent_fen);
        IF v_from_lot_fen + v_owed_fen = 0 THEN
            outcome := 'nothing_left';
        END IF;
    END IF;
    IF outcome <> 'booked' THEN
        PERFORM ledger.remember(p_home, p_key, p_fingerprint, outcome, balance_fen, NULL, p_now);
        RETURN;
    END IF;

    IF v_from_lot_fen > 0 THEN
        UPDATE ledger.lot AS l SET remaining_fen = l.remaining_fen - v_from_lot_fen
         WHERE l.home = p_home AND l.id = v_given.lot;
        v_debits := ARRAY[1::bigint];
        v_amounts := ARRAY[v_from_lot_fen];
        v_lots := ARRAY[v_given.lot];
        balance_fen := balance_fen - v_from_lot_fen;
    END IF;
    IF v_owed_fen > 0 THEN
        v_debits := v_debits || p_receivable;
        v_amounts := v_amounts || v_owed_fen;
    END IF;
    v_count := cardinality(v_debits);
    INSERT INTO ledger.posting (home, txn_id, n, debit, credit, amount_fen, lot_id)
    SELECT p_home, p_txn, u.n, u.debit, v_given.funder, u.amount_fen, CASE WHEN u.debit = 1 THEN v_given.lot END
      FROM unnest(v_debits, v_amounts) WITH ORDINALITY AS u (debit, amount_fen, n);

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
REVOKE ALL ON FUNCTION ledger.claw_back FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.claw_back TO chongyang_app;
