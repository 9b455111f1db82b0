-- ledger.grant_many again, for a third of the work a grant: few words are checked once, and the text that the hash
-- covers is put together without a JSON builder. What it books, answers and hashes is the same to the byte.
CREATE OR REPLACE FUNCTION ledger.grant_many(
    p_homes bigint[], p_keys text[], p_txns uuid[], p_funders bigint[], p_programmes text[], p_purposes text[],
    p_amounts_fen bigint[], p_expires_on date[], p_causes text[], p_actor text, p_device text,
    p_occurred_at timestamptz, p_now timestamptz
) RETURNS TABLE (place bigint, outcome text, txn_id uuid, balance_fen bigint, replayed boolean)
-- Planned anew each time: a plan made while the tables were empty would read all of them, for ever.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_rounds bigint;
    -- What is the same in the canonical text of all of them.
    v_said text := concat(ledger.micros(p_occurred_at), ', ', ledger.micros(p_now), ', ', to_json(p_actor), ', ', to_json(p_device));
BEGIN
    IF EXISTS (SELECT unnest(p_funders) EXCEPT SELECT a.id FROM ledger.account AS a
                WHERE a.kind IN ('city', 'district', 'street', 'community', 'charity')) THEN
        RAISE EXCEPTION 'points are granted by a funder''s account' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Few words for many grants: each is looked at once, a pattern costs more than all the rest of a grant's checks.
    IF EXISTS (WITH said AS MATERIALIZED (SELECT DISTINCT u.word FROM unnest(p_programmes || p_purposes) AS u (word))
               SELECT FROM said AS s WHERE s.word !~ '^[a-z0-9][a-z0-9_.:/-]{0,79}$') THEN
        RAISE EXCEPTION 'programme and purpose are one word of a-z, 0-9 and _ . : / -' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Opened and locked in the order of home, so that two lists cannot wait for each other.
    INSERT INTO ledger.book (home) SELECT DISTINCT u.home FROM unnest(p_homes) AS u (home) ORDER BY 1 ON CONFLICT DO NOTHING;
    PERFORM FROM ledger.book AS b WHERE b.home = ANY (p_homes) ORDER BY b.home FOR UPDATE;
    SELECT max(c.times) INTO v_rounds FROM (SELECT count(*) AS times FROM unnest(p_homes) AS u (home) GROUP BY u.home) AS c;

    FOR v_round IN 1 .. coalesce(v_rounds, 0) LOOP
        RETURN QUERY
        WITH asked AS (
            SELECT *, row_number() OVER (PARTITION BY u.home ORDER BY u.place) AS round
              FROM unnest(p_homes, p_keys, p_txns, p_funders, p_programmes, p_purposes, p_amounts_fen, p_expires_on, p_causes)
                   WITH ORDINALITY AS u (home, key, txn, funder, programme, purpose, amount_fen, expires_on, cause, place)
        ), met AS MATERIALIZED (
            SELECT a.*, sha256(convert_to(json_build_array(a.home, a.funder, a.programme, a.purpose, a.amount_fen,
                                                           a.expires_on)::text, 'UTF8')) AS fingerprint,
                   i.home AS seen_home, i.fingerprint AS seen_fingerprint, i.txn_id AS seen_txn, i.balance_fen AS seen_balance_fen
              FROM asked AS a LEFT JOIN ledger.idem AS i ON i.key = a.key
             WHERE a.round = v_round
        ), fresh AS MATERIALIZED (
            SELECT m.*, b.seq + 1 AS seq, b.head, b.balance_fen + m.amount_fen AS balance_fen, same.id AS same_lot,
                   coalesce(same.id, (SELECT coalesce(max(l.id), 0) + 1 FROM ledger.lot AS l WHERE l.home = m.home)) AS lot
              FROM met AS m
              JOIN ledger.book AS b ON b.home = m.home
              LEFT JOIN ledger.lot AS same ON same.home = m.home AND same.expires_on = m.expires_on AND same.funder = m.funder
                   AND same.programme = m.programme AND same.purpose = m.purpose AND same.parent_lot IS NULL
             WHERE m.seen_home IS NULL
        ), answering AS MATERIALIZED (
            SELECT f.*, ledger.answer_hash(f.key, f.fingerprint, NULL) AS answer FROM fresh AS f
        ), hashed AS MATERIALIZED (
            -- As json_build_array would write it, at a third of the cost: words need no escaping here, and the cause is JSON.
            SELECT f.*, sha256(f.head || convert_to(concat(
                       '[1, ', f.home, ', ', f.seq, ', "', f.txn, '", "grant", null, ', v_said, ', [', f.funder, '], [1], [',
                       f.amount_fen, '], [', f.lot, '], null, ["',
                       ledger.terms(f.funder, f.programme, f.purpose, f.expires_on, NULL), '"], ', f.balance_fen, ', "',
                       encode(f.answer, 'hex'), '", ', f.cause, ']'), 'UTF8')) AS hash
              FROM answering AS f
        ), opened AS (
            INSERT INTO ledger.lot (home, id, funder, programme, purpose, granted_fen, remaining_fen, expires_on)
            SELECT h.home, h.lot, h.funder, h.programme, h.purpose, h.amount_fen, h.amount_fen, h.expires_on
              FROM hashed AS h WHERE h.same_lot IS NULL
        ), topped AS (
            UPDATE ledger.lot AS l SET granted_fen = l.granted_fen + h.amount_fen, remaining_fen = l.remaining_fen + h.amount_fen
              FROM hashed AS h WHERE l.home = h.home AND l.id = h.same_lot
        ), booked AS (
            INSERT INTO ledger.txn (home, id, seq, kind, occurred_at, booked_at, actor, device, balance_fen, answer, cause, hash)
            SELECT h.home, h.txn, h.seq, 'grant', p_occurred_at, p_now, p_actor, p_device, h.balance_fen, h.answer,
                   h.cause::json, h.hash FROM hashed AS h
        ), posted AS (
            INSERT INTO ledger.posting (home, txn_id, n, debit, credit, amount_fen, lot_id)
            SELECT h.home, h.txn, 1, h.funder, 1, h.amount_fen, h.lot FROM hashed AS h
        ), advanced AS (
            UPDATE ledger.book AS b SET balance_fen = h.balance_fen, seq = h.seq, head = h.hash FROM hashed AS h WHERE b.home = h.home
        ), answered AS (
            INSERT INTO ledger.idem (home, key, fingerprint, outcome, txn_id, balance_fen, answered_at)
            SELECT h.home, h.key, h.fingerprint, 'booked', h.txn, h.balance_fen, p_now FROM hashed AS h
        )
        SELECT h.place, 'booked', h.txn, h.balance_fen, false FROM hashed AS h
        UNION ALL
        SELECT m.place, CASE WHEN same THEN 'booked' ELSE 'key_reused' END, CASE WHEN same THEN m.seen_txn END,
               CASE WHEN same THEN m.seen_balance_fen END, true
          FROM met AS m, LATERAL (SELECT m.seen_home = m.home AND m.seen_fingerprint = m.fingerprint AS same) AS s
         WHERE m.seen_home IS NOT NULL;
    END LOOP;
END $$;
