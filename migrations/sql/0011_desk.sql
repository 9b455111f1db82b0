-- The auditor's desk: sums kept by day, what brings them up to date, exports with their purpose.
-- Run by versions/0011_desk.py.
--
-- A sum is kept up to a moment (`until`), and whoever reads adds what came after it. Both are read in one snapshot
-- (the reading functions are STABLE), so that no figure is stale, and none is counted twice. A sale that is undone
-- after the moment is taken off by the moment of its undoing. What is kept is only ever added to, in the
-- transaction that moves the moment; killed half-way, nothing has happened.

-- The books have no order in time but that of their rows on disk: a summary of pages costs a sale next to nothing.
CREATE INDEX ix_txn_booked_at ON ledger.txn USING brin (booked_at) WITH (pages_per_range = 32, autosummarize = on);

-- Undone sales are few and these hold no others: a sale writes neither.
CREATE INDEX ix_checkout_reversed_at ON checkout (reversed_at) WHERE reversed_at IS NOT NULL;
CREATE INDEX ix_checkout_undone ON checkout (canteen_id, booked_at) WHERE reversed_at IS NOT NULL;

-- ------------------------------------------------------------------ sums of the books, by business day of booking

CREATE TABLE ledger_day (
    booked_on date NOT NULL,
    kind text NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL,
    programme text NOT NULL,
    postings bigint NOT NULL,
    amount_fen bigint NOT NULL,
    CONSTRAINT pk_ledger_day PRIMARY KEY (booked_on, kind, debit, credit, programme)
);
CREATE TABLE ledger_fold (
    id smallint CONSTRAINT pk_ledger_fold PRIMARY KEY,
    until timestamptz NOT NULL,
    CONSTRAINT ck_ledger_fold_single CHECK (id = 1)
);

-- What was booked from one moment until before another.
CREATE FUNCTION ledger_delta(p_since timestamptz, p_before timestamptz) RETURNS SETOF ledger_day
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT (t.booked_at AT TIME ZONE 'Asia/Shanghai')::date, t.kind, p.debit, p.credit, coalesce(l.programme, ''),
           count(*), sum(p.amount_fen)::bigint
      FROM ledger.txn AS t
      JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
      LEFT JOIN ledger.lot AS l ON l.home = p.home AND l.id = p.lot_id
     WHERE t.booked_at >= p_since AND t.booked_at < p_before
     GROUP BY 1, 2, 3, 4, 5;
END $$;

-- What was booked on some days, both included: what is kept, and what came after. A day may come in two parts.
CREATE FUNCTION ledger_sums(p_from date, p_until date) RETURNS SETOF ledger_day
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_until timestamptz := coalesce((SELECT f.until FROM ledger_fold AS f), '-infinity');
BEGIN
    RETURN QUERY
    SELECT d.* FROM ledger_day AS d WHERE d.booked_on BETWEEN p_from AND p_until
    UNION ALL
    SELECT d.* FROM ledger_delta(greatest(v_until, p_from::timestamp AT TIME ZONE 'Asia/Shanghai'),
                                 (p_until + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS d;
END $$;

-- Keep what was booked before a moment; returns whether there was anything to do.
CREATE FUNCTION fold_ledger(p_before timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_until timestamptz;
BEGIN
    INSERT INTO ledger_fold (id, until) VALUES (1, '-infinity') ON CONFLICT DO NOTHING;
    SELECT f.until INTO v_until FROM ledger_fold AS f WHERE f.id = 1 FOR UPDATE;
    IF p_before <= v_until THEN
        RETURN false;
    END IF;
    INSERT INTO ledger_day AS d SELECT * FROM ledger_delta(v_until, p_before)
        ON CONFLICT (booked_on, kind, debit, credit, programme) DO UPDATE
        SET postings = d.postings + excluded.postings, amount_fen = d.amount_fen + excluded.amount_fen;
    UPDATE ledger_fold SET until = p_before WHERE id = 1;
    RETURN true;
END $$;

-- ------------------------------------------------------------------ sums of meals, by day of the meal

CREATE TABLE meal_day (
    canteen_id bigint NOT NULL,
    meal_on date NOT NULL,
    window_name text NOT NULL,
    is_subsidised boolean NOT NULL,
    meals bigint NOT NULL,
    undone bigint NOT NULL,
    price_fen bigint NOT NULL,
    public_fen bigint NOT NULL,
    concession_fen bigint NOT NULL,
    points_fen bigint NOT NULL,
    cash_fen bigint NOT NULL,
    city_fen bigint NOT NULL,
    district_fen bigint NOT NULL,
    street_fen bigint NOT NULL,
    community_fen bigint NOT NULL,
    charity_fen bigint NOT NULL,
    CONSTRAINT pk_meal_day PRIMARY KEY (canteen_id, meal_on, window_name, is_subsidised)
);
-- Who ate where in a month; seniors are counted once in whatever place is asked for.
CREATE TABLE meal_guest (
    month date NOT NULL,
    canteen_id bigint NOT NULL,
    home bigint NOT NULL,
    meals bigint NOT NULL,
    price_fen bigint NOT NULL,
    public_fen bigint NOT NULL,
    points_fen bigint NOT NULL,
    cash_fen bigint NOT NULL,
    CONSTRAINT pk_meal_guest PRIMARY KEY (month, canteen_id, home)
);
-- By which band of a policy meals were subsidised; the band is written as its conditions.
CREATE TABLE meal_band (
    month date NOT NULL,
    canteen_id bigint NOT NULL,
    band text NOT NULL,
    meals bigint NOT NULL,
    public_fen bigint NOT NULL,
    CONSTRAINT pk_meal_band PRIMARY KEY (month, canteen_id, band)
);
CREATE TABLE meal_fold (
    id smallint CONSTRAINT pk_meal_fold PRIMARY KEY,
    until timestamptz NOT NULL,
    CONSTRAINT ck_meal_fold_single CHECK (id = 1)
);

-- The sales that some canteens booked from one moment until before another, and, to be taken off, those that
-- were undone in that time, whenever they were booked.
CREATE FUNCTION meal_changes(p_canteens bigint[], p_since timestamptz, p_before timestamptz, p_from date, p_until date)
RETURNS TABLE (sign smallint, sale checkout)
LANGUAGE plpgsql STABLE ROWS 5000 SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT 1::smallint, k FROM checkout AS k
     WHERE k.canteen_id = ANY (p_canteens) AND k.booked_at >= p_since AND k.booked_at < p_before
       AND k.meal_on BETWEEN p_from AND p_until
    UNION ALL
    SELECT -1::smallint, k FROM checkout AS k
     WHERE k.reversed_at >= p_since AND k.reversed_at < p_before AND k.canteen_id = ANY (p_canteens)
       AND k.meal_on BETWEEN p_from AND p_until;
END $$;

CREATE FUNCTION meal_day_delta(p_canteens bigint[], p_since timestamptz, p_before timestamptz, p_from date, p_until date)
RETURNS SETOF meal_day LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (c.sale).canteen_id, (c.sale).meal_on, coalesce((c.sale).window_name, ''), (c.sale).slot IS NOT NULL,
           sum(c.sign)::bigint, count(*) FILTER (WHERE c.sign < 0),
           sum(c.sign * (c.sale).price_fen)::bigint, sum(c.sign * (c.sale).public_fen)::bigint,
           sum(c.sign * (c.sale).concession_fen)::bigint, sum(c.sign * (c.sale).points_fen)::bigint,
           sum(c.sign * (c.sale).cash_fen)::bigint, sum(c.sign * s.city)::bigint, sum(c.sign * s.district)::bigint,
           sum(c.sign * s.street)::bigint, sum(c.sign * s.community)::bigint, sum(c.sign * s.charity)::bigint
      FROM meal_changes(p_canteens, p_since, p_before, p_from, p_until) AS c
      CROSS JOIN LATERAL (
          SELECT coalesce(sum(e.fen) FILTER (WHERE e.kind = 'city'), 0) AS city,
                 coalesce(sum(e.fen) FILTER (WHERE e.kind = 'district'), 0) AS district,
                 coalesce(sum(e.fen) FILTER (WHERE e.kind = 'street'), 0) AS street,
                 coalesce(sum(e.fen) FILTER (WHERE e.kind = 'community'), 0) AS community,
                 coalesce(sum(e.fen) FILTER (WHERE e.kind = 'charity'), 0) AS charity
            FROM (SELECT x ->> 'kind' AS kind, (x ->> 'amount_fen')::bigint AS fen
                    FROM jsonb_array_elements((c.sale).shares) AS x) AS e) AS s
     GROUP BY 1, 2, 3, 4
$$;

CREATE FUNCTION meal_guest_delta(p_canteens bigint[], p_since timestamptz, p_before timestamptz, p_from date, p_until date)
RETURNS SETOF meal_guest LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT date_trunc('month', (c.sale).meal_on)::date, (c.sale).canteen_id, (c.sale).home, sum(c.sign)::bigint,
           sum(c.sign * (c.sale).price_fen)::bigint, sum(c.sign * (c.sale).public_fen)::bigint,
           sum(c.sign * (c.sale).points_fen)::bigint, sum(c.sign * (c.sale).cash_fen)::bigint
      FROM meal_changes(p_canteens, p_since, p_before, p_from, p_until) AS c
     GROUP BY 1, 2, 3
$$;

CREATE FUNCTION meal_band_delta(p_canteens bigint[], p_since timestamptz, p_before timestamptz, p_from date, p_until date)
RETURNS SETOF meal_band LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT date_trunc('month', (c.sale).meal_on)::date, (c.sale).canteen_id,
           coalesce((jsonb_path_query_first((c.sale).reasons, '$[*] ? (@.code == "tier").params') - 'age')::text, '{}'),
           sum(c.sign)::bigint, sum(c.sign * (c.sale).public_fen)::bigint
      FROM meal_changes(p_canteens, p_since, p_before, p_from, p_until) AS c
     WHERE (c.sale).slot IS NOT NULL
     GROUP BY 1, 2, 3
$$;

CREATE FUNCTION meal_kept_until() RETURNS timestamptz LANGUAGE sql STABLE SET search_path = public, pg_temp
RETURN coalesce((SELECT f.until FROM meal_fold AS f), '-infinity');

-- The three sums with what came after: a key may come in two parts.
CREATE FUNCTION meal_day_sums(p_canteens bigint[], p_from date, p_until date) RETURNS SETOF meal_day
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_until timestamptz := meal_kept_until();
BEGIN
    RETURN QUERY
    SELECT d.* FROM meal_day AS d WHERE d.canteen_id = ANY (p_canteens) AND d.meal_on BETWEEN p_from AND p_until
    UNION ALL
    SELECT d.* FROM meal_day_delta(p_canteens, v_until, 'infinity', p_from, p_until) AS d;
END $$;

CREATE FUNCTION meal_guest_sums(p_canteens bigint[], p_from date, p_until date) RETURNS SETOF meal_guest
LANGUAGE plpgsql STABLE ROWS 20000 SET search_path = public, pg_temp AS $$
DECLARE
    v_until timestamptz := meal_kept_until();
BEGIN
    RETURN QUERY
    SELECT d.* FROM meal_guest AS d WHERE d.canteen_id = ANY (p_canteens) AND d.month BETWEEN p_from AND p_until
    UNION ALL
    SELECT d.* FROM meal_guest_delta(p_canteens, v_until, 'infinity', p_from, p_until) AS d;
END $$;

CREATE FUNCTION meal_band_sums(p_canteens bigint[], p_from date, p_until date) RETURNS SETOF meal_band
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_until timestamptz := meal_kept_until();
BEGIN
    RETURN QUERY
    SELECT d.* FROM meal_band AS d WHERE d.canteen_id = ANY (p_canteens) AND d.month BETWEEN p_from AND p_until
    UNION ALL
    SELECT d.* FROM meal_band_delta(p_canteens, v_until, 'infinity', p_from, p_until) AS d;
END $$;

-- Keep what was sold and undone before a moment; returns whether there was anything to do.
CREATE FUNCTION fold_meals(p_before timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_until timestamptz;
    v_all bigint[] := (SELECT array_agg(id) FROM canteen);
BEGIN
    INSERT INTO meal_fold (id, until) VALUES (1, '-infinity') ON CONFLICT DO NOTHING;
    SELECT f.until INTO v_until FROM meal_fold AS f WHERE f.id = 1 FOR UPDATE;
    IF p_before <= v_until THEN
        RETURN false;
    END IF;
    INSERT INTO meal_day AS d SELECT * FROM meal_day_delta(v_all, v_until, p_before, '-infinity', 'infinity')
        ON CONFLICT (canteen_id, meal_on, window_name, is_subsidised) DO UPDATE
        SET meals = d.meals + excluded.meals, undone = d.undone + excluded.undone,
            price_fen = d.price_fen + excluded.price_fen, public_fen = d.public_fen + excluded.public_fen,
            concession_fen = d.concession_fen + excluded.concession_fen,
            points_fen = d.points_fen + excluded.points_fen, cash_fen = d.cash_fen + excluded.cash_fen,
            city_fen = d.city_fen + excluded.city_fen, district_fen = d.district_fen + excluded.district_fen,
            street_fen = d.street_fen + excluded.street_fen,
            community_fen = d.community_fen + excluded.community_fen,
            charity_fen = d.charity_fen + excluded.charity_fen;
    INSERT INTO meal_guest AS d SELECT * FROM meal_guest_delta(v_all, v_until, p_before, '-infinity', 'infinity')
        ON CONFLICT (month, canteen_id, home) DO UPDATE
        SET meals = d.meals + excluded.meals, price_fen = d.price_fen + excluded.price_fen,
            public_fen = d.public_fen + excluded.public_fen, points_fen = d.points_fen + excluded.points_fen,
            cash_fen = d.cash_fen + excluded.cash_fen;
    INSERT INTO meal_band AS d SELECT * FROM meal_band_delta(v_all, v_until, p_before, '-infinity', 'infinity')
        ON CONFLICT (month, canteen_id, band) DO UPDATE
        SET meals = d.meals + excluded.meals, public_fen = d.public_fen + excluded.public_fen;
    UPDATE meal_fold SET until = p_before WHERE id = 1;
    RETURN true;
END $$;

-- ------------------------------------------------------------------ exports

CREATE TABLE data_export (
    id bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT pk_data_export PRIMARY KEY,
    what text NOT NULL,
    filters jsonb NOT NULL,
    told text NOT NULL,
    file_format text NOT NULL,
    purpose text NOT NULL,
    is_named boolean NOT NULL,
    language text NOT NULL,
    held jsonb NOT NULL,
    device text NOT NULL,
    state text NOT NULL DEFAULT 'draft',
    maker_id bigint NOT NULL CONSTRAINT fk_data_export_maker_id REFERENCES account (id),
    checker_id bigint CONSTRAINT fk_data_export_checker_id REFERENCES account (id),
    submitted_at timestamptz,
    decided_at timestamptz,
    reason text NOT NULL DEFAULT '',
    area_code text,
    created_at timestamptz NOT NULL,
    rows_total bigint NOT NULL,
    rows_done bigint NOT NULL DEFAULT 0,
    built_at timestamptz,
    fetched_at timestamptz,
    CONSTRAINT ck_data_export_state CHECK (state IN ('draft', 'submitted', 'allowed', 'rejected')),
    CONSTRAINT ck_data_export_two_people CHECK (maker_id <> checker_id),
    CONSTRAINT ck_data_export_submitted CHECK ((state = 'draft') = (submitted_at IS NULL)),
    CONSTRAINT ck_data_export_decided CHECK (
        (state IN ('allowed', 'rejected')) = (checker_id IS NOT NULL) AND (checker_id IS NULL) = (decided_at IS NULL)
    ),
    CONSTRAINT ck_data_export_reason CHECK (state <> 'rejected' OR reason <> ''),
    -- Names never leave in a file that only one person wanted.
    CONSTRAINT ck_data_export_named CHECK (built_at IS NULL OR NOT is_named OR state = 'allowed'),
    CONSTRAINT ck_data_export_purpose CHECK (length(btrim(purpose)) BETWEEN 4 AND 400),
    CONSTRAINT ck_data_export_file_format CHECK (file_format IN ('xlsx', 'csv'))
);
CREATE INDEX ix_data_export_maker_id_id ON data_export (maker_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_day, ledger_fold, meal_day, meal_guest, meal_band, meal_fold TO chongyang_app;
-- What was asked for and why is never changed; only how it went on.
GRANT SELECT, INSERT ON data_export TO chongyang_app;
GRANT UPDATE (state, checker_id, submitted_at, decided_at, reason, rows_done, built_at, fetched_at) ON data_export TO chongyang_app;
