-- Points that have ended leave the wallet: the function that books it, for many lots at once.
-- Run by versions/0007_applications.py. Its transactions hash like all others (subsidies/ledger/canonical.py).

-- Take what is left of ended lots out of their payers' wallets, one transaction for each lot. What is left goes
-- to the account of expired points of the lot's funder; or, where a purpose and a new last good day are given,
-- back to the funder and at once into a new lot that names the old one. Books that a sale holds are left alone:
-- nothing waits here, and no sale waits for more than the lots of one call.
-- Outcomes: booked, busy (ask again), nothing (not ended on p_on, or nothing left).
CREATE FUNCTION ledger.expire_many(
    p_homes bigint[], p_lots bigint[], p_txns uuid[], p_purposes text[], p_until date[],
    p_causes text[], p_occurred_at timestamptz[], p_on date, p_actor text, p_device text, p_now timestamptz
) RETURNS TABLE (place bigint, outcome text, txn_id uuid, amount_fen bigint)
-- Planned anew each time: a plan made while the tables were empty would read all of them, for ever.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    v_free bigint[];
    v_rounds bigint;
BEGIN
    IF EXISTS (SELECT FROM unnest(p_purposes, p_until) AS u (purpose, until)
                WHERE (u.purpose IS NULL) <> (u.until IS NULL) OR u.purpose !~ '^[a-z0-9][a-z0-9_.:/-]{0,79}$') THEN
        RAISE EXCEPTION 'points roll over for a purpose, one word of a-z, 0-9 and _ . : / -, until a day'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM unnest(p_homes, p_lots, p_purposes) AS u (home, lot, purpose)
                 JOIN ledger.lot AS l ON l.home = u.home AND l.id = u.lot
                WHERE u.purpose IS NULL AND NOT EXISTS (
                      SELECT FROM ledger.account AS f, ledger.account AS e
                       WHERE f.id = l.funder AND e.kind = 'expired' AND e.area_code IS NOT DISTINCT FROM f.area_code
                         AND e.owner_ref = 'expired:' || f.id)) THEN
        RAISE EXCEPTION 'a funder has no account of expired points' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Locked in the order of home like everywhere. Whoever is selling is not waited for.
    v_free := ARRAY(SELECT b.home FROM ledger.book AS b WHERE b.home = ANY (p_homes) ORDER BY b.home FOR UPDATE SKIP LOCKED);
    RETURN QUERY
        SELECT u.place, 'busy', NULL::uuid, NULL::bigint FROM unnest(p_homes) WITH ORDINALITY AS u (home, place)
         WHERE u.home <> ALL (v_free);
    SELECT max(c.times) INTO v_rounds
      FROM (SELECT count(*) AS times FROM unnest(p_homes) AS u (home) WHERE u.home = ANY (v_free) GROUP BY u.home) AS c;

    FOR v_round IN 1 .. coalesce(v_rounds, 0) LOOP
        RETURN QUERY
        WITH asked AS (
            SELECT *, row_number() OVER (PARTITION BY u.home ORDER BY u.place) AS round
              FROM unnest(p_homes, p_lots, p_txns, p_purposes, p_until, p_causes, p_occurred_at)
                   WITH ORDINALITY AS u (home, lot, txn, purpose, until, cause, occurred_at, place)
        ), met AS MATERIALIZED (
            SELECT a.*, l.funder, l.programme, l.remaining_fen AS amount_fen, e.id AS account
              FROM asked AS a
              LEFT JOIN ledger.lot AS l ON l.home = a.home AND l.id = a.lot AND l.remaining_fen > 0 AND l.expires_on < p_on
              LEFT JOIN ledger.account AS f ON f.id = l.funder
              LEFT JOIN ledger.account AS e ON e.kind = 'expired' AND e.area_code IS NOT DISTINCT FROM f.area_code
                   AND e.owner_ref = 'expired:' || l.funder
             WHERE a.round = v_round AND a.home = ANY (v_free)
        ), fresh AS MATERIALIZED (
            -- A lot that was swept may be filled again, by the reversal of a sale that was made while it was good.
            SELECT m.*, b.seq + 1 AS seq, b.head, b.balance_fen - m.amount_fen AS lowered_fen,
                   format('expire:%s:%s', m.lot, m.home)
                       || CASE WHEN EXISTS (SELECT FROM ledger.idem AS i WHERE i.key = format('expire:%s:%s', m.lot, m.home))
                               THEN ':' || (b.seq + 1)::text ELSE '' END AS key,
                   same.id AS same_lot,
                   CASE WHEN m.purpose IS NOT NULL
                        THEN coalesce(same.id, (SELECT max(l.id) + 1 FROM ledger.lot AS l WHERE l.home = m.home)) END AS new_lot
              FROM met AS m
              JOIN ledger.book AS b ON b.home = m.home
              LEFT JOIN ledger.lot AS same ON same.home = m.home AND same.expires_on = m.until AND same.funder = m.funder
                   AND same.programme = m.programme AND same.purpose = m.purpose AND same.parent_lot = m.lot
             WHERE m.amount_fen IS NOT NULL
        ), lines AS MATERIALIZED (
            SELECT f.*, f.lowered_fen + CASE WHEN f.purpose IS NULL THEN 0 ELSE f.amount_fen END AS balance_fen,
                   sha256(convert_to(json_build_array(f.home, f.lot, f.amount_fen, f.account, f.purpose, f.until)::text,
                                     'UTF8')) AS fingerprint,
                   CASE WHEN f.purpose IS NULL THEN ARRAY[1] ELSE ARRAY[1, f.funder] END AS debits,
                   CASE WHEN f.purpose IS NULL THEN ARRAY[f.account] ELSE ARRAY[f.funder, 1] END AS credits,
                   CASE WHEN f.purpose IS NULL THEN ARRAY[f.amount_fen] ELSE ARRAY[f.amount_fen, f.amount_fen] END AS amounts,
                   CASE WHEN f.purpose IS NULL THEN ARRAY[f.lot] ELSE ARRAY[f.lot, f.new_lot] END AS lots,
                   CASE WHEN f.purpose IS NOT NULL
                        THEN ARRAY[ledger.terms(f.funder, f.programme, f.purpose, f.until, f.lot)] END AS terms
              FROM fresh AS f
        ), answering AS MATERIALIZED (
            SELECT l.*, ledger.answer_hash(l.key, l.fingerprint, NULL) AS answer FROM lines AS l
        ), hashed AS MATERIALIZED (
            SELECT a.*, sha256(a.head || convert_to(json_build_array(
                       1, a.home, a.seq, a.txn, 'expiry', NULL, ledger.micros(a.occurred_at), ledger.micros(p_now), p_actor,
                       p_device, a.debits, a.credits, a.amounts, a.lots, NULL, a.terms, a.balance_fen,
                       encode(a.answer, 'hex'), a.cause::json)::text, 'UTF8')) AS hash
              FROM answering AS a
        ), emptied AS (
            UPDATE ledger.lot AS l SET remaining_fen = 0 FROM hashed AS h WHERE l.home = h.home AND l.id = h.lot
        ), opened AS (
            INSERT INTO ledger.lot (home, id, funder, programme, purpose, granted_fen, remaining_fen, expires_on, parent_lot)
            SELECT h.home, h.new_lot, h.funder, h.programme, h.purpose, h.amount_fen, h.amount_fen, h.until, h.lot
              FROM hashed AS h WHERE h.purpose IS NOT NULL AND h.same_lot IS NULL
        ), topped AS (
            UPDATE ledger.lot AS l SET granted_fen = l.granted_fen + h.amount_fen, remaining_fen = l.remaining_fen + h.amount_fen
              FROM hashed AS h WHERE l.home = h.home AND l.id = h.same_lot
        ), booked AS (
            INSERT INTO ledger.txn (home, id, seq, kind, occurred_at, booked_at, actor, device, balance_fen, answer, cause, hash)
            SELECT h.home, h.txn, h.seq, 'expiry', h.occurred_at, p_now, p_actor, p_device, h.balance_fen, h.answer,
                   h.cause::json, h.hash FROM hashed AS h
        ), posted AS (
            INSERT INTO ledger.posting (home, txn_id, n, debit, credit, amount_fen, lot_id)
            SELECT h.home, h.txn, u.n, u.debit, u.credit, u.amount_fen, u.lot
              FROM hashed AS h, unnest(h.debits, h.credits, h.amounts, h.lots)
                   WITH ORDINALITY AS u (debit, credit, amount_fen, lot, n)
        ), advanced AS (
            UPDATE ledger.book AS b SET balance_fen = h.balance_fen, seq = h.seq, head = h.hash FROM hashed AS h WHERE b.home = h.home
        ), answered AS (
            INSERT INTO ledger.idem (home, key, fingerprint, outcome, txn_id, balance_fen, answered_at)
            SELECT h.home, h.key, h.fingerprint, 'booked', h.txn, h.balance_fen, p_now FROM hashed AS h
        )
        SELECT h.place, 'booked', h.txn, h.amount_fen FROM hashed AS h
        UNION ALL
        SELECT m.place, 'nothing', NULL, NULL FROM met AS m WHERE m.amount_fen IS NULL;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION ledger.expire_many FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.expire_many TO chongyang_app;
