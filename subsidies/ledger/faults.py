"""What can be wrong with the books: one statement for each promise, which finds the rows that break it.

Each statement reads everything it compares in one snapshot, so it may run while sales go on. It answers
where the fault is and what is wrong, in words; a sound ledger answers nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A promise and the statement that finds what breaks it."""

    name: str
    sql: str


# The order of pk_posting and pk_txn carries through grouping and joining: nothing large is sorted.
CHAIN = r"""
WITH lines AS (
    SELECT p.home, p.txn_id, array_agg(p.n) AS places, array_agg(p.debit) AS debits, array_agg(p.credit) AS credits,
           array_agg(p.amount_fen) AS amounts, array_agg(p.lot_id) AS lots, count(p.lot_id) AS with_lot,
           coalesce(max(p.n) FILTER (WHERE p.lot_id IS NOT NULL), 0) AS last_lot,
           coalesce(sum(p.amount_fen) FILTER (WHERE p.credit = 1), 0)
               - coalesce(sum(p.amount_fen) FILTER (WHERE p.debit = 1), 0) AS change_fen,
           array_agg(p.undoes) AS undoes, count(p.undoes) AS undone,
           array_agg(p.terms) FILTER (WHERE p.credit = 1) AS terms
      FROM (SELECT x.*, CASE WHEN x.credit = 1 THEN (
                   SELECT concat_ws(' ', l.funder, l.programme, l.purpose, to_char(l.expires_on, 'YYYY-MM-DD'),
                                    coalesce(l.parent_lot::text, '-'))
                     FROM ledger.lot AS l WHERE l.home = x.home AND l.id = x.lot_id) END AS terms
              FROM ledger.posting AS x ORDER BY x.home, x.txn_id, x.n) AS p
     GROUP BY p.home, p.txn_id
), told AS (
    SELECT t.home, t.seq, t.id, t.hash, t.balance_fen, p.places, p.change_fen,
           row_number() OVER book AS place, lag(t.hash, 1, ''::bytea) OVER book AS previous,
           lag(t.balance_fen, 1, 0::bigint) OVER book AS balance_before_fen,
           json_build_array(1, t.home, t.seq, t.id, t.kind, t.reverses,
               (extract(epoch FROM t.occurred_at) * 1000000)::bigint,
               (extract(epoch FROM t.booked_at) * 1000000)::bigint,
               t.actor, t.device, p.debits, p.credits, p.amounts,
               coalesce(p.lots[:p.last_lot], '{}'), CASE WHEN p.undone > 0 THEN p.undoes END, p.terms,
               t.balance_fen, encode(t.answer, 'hex'), t.cause)::text AS content
      FROM ledger.txn AS t LEFT JOIN lines AS p ON p.home = t.home AND p.txn_id = t.id
    WINDOW book AS (PARTITION BY t.home ORDER BY t.seq)
)
SELECT format('transaction %s, number %s of book %s', id, seq, home),
       CASE WHEN seq <> place THEN format('should be number %s: one before it is missing', place)
            WHEN places IS NULL THEN 'has no postings'
            WHEN places[1] <> 1 OR places[cardinality(places)] <> cardinality(places)
                THEN 'one of its postings is missing'
            WHEN balance_fen <> balance_before_fen + change_fen
                THEN format('its balance of %s fen does not follow from the one before', balance_fen)
            ELSE 'its hash is not that of its content, postings and lots and of the hash before it' END
  FROM told
 WHERE seq <> place OR places IS NULL OR places[1] <> 1 OR places[cardinality(places)] <> cardinality(places)
    OR balance_fen <> balance_before_fen + change_fen
    OR hash <> sha256(previous || convert_to(content, 'UTF8'))
"""

BOOKS = """
SELECT format('book %s', coalesce(b.home, t.home)),
       CASE WHEN b.home IS NULL THEN 'is missing, and has transactions'
            WHEN b.seq <> coalesce(t.seq, 0)
                THEN format('counts %s transactions, the last is number %s', b.seq, coalesce(t.seq, 0))
            WHEN b.head <> coalesce(t.hash, '') THEN 'its head is not the hash of its last transaction'
            WHEN b.balance_fen < 0 THEN format('its balance of %s fen is below zero', b.balance_fen)
            ELSE format('its balance of %s fen is not the %s fen left in its lots', b.balance_fen, coalesce(l.fen, 0))
       END
  FROM ledger.book AS b
  FULL JOIN (SELECT DISTINCT ON (home) home, seq, hash FROM ledger.txn ORDER BY home, seq DESC) AS t ON t.home = b.home
  LEFT JOIN (SELECT home, sum(remaining_fen) AS fen FROM ledger.lot GROUP BY home) AS l ON l.home = b.home
 WHERE b.home IS NULL OR b.seq <> coalesce(t.seq, 0) OR b.head <> coalesce(t.hash, '') OR b.balance_fen < 0
    OR b.balance_fen <> coalesce(l.fen, 0)
"""

# A reversal opens a lot when it does not return to the lot that was spent.
LOTS = """
WITH moved AS (
    SELECT p.home, p.lot_id AS id,
           sum(CASE WHEN p.credit = 1 THEN p.amount_fen ELSE -p.amount_fen END) AS remaining_fen,
           sum(p.amount_fen) FILTER (
               WHERE p.credit = 1 AND (p.undoes IS NULL OR o.lot_id IS DISTINCT FROM p.lot_id)) AS granted_fen
      FROM ledger.posting AS p
      LEFT JOIN (ledger.posting AS r JOIN ledger.txn AS t ON t.home = r.home AND t.id = r.txn_id
                 JOIN ledger.posting AS o ON o.home = t.home AND o.txn_id = t.reverses AND o.n = r.undoes)
             ON r.undoes IS NOT NULL AND p.undoes IS NOT NULL
            AND r.home = p.home AND r.txn_id = p.txn_id AND r.n = p.n
     WHERE p.lot_id IS NOT NULL GROUP BY p.home, p.lot_id
)
SELECT format('lot %s of book %s', coalesce(l.id, m.id), coalesce(l.home, m.home)),
       CASE WHEN l.id IS NULL THEN 'is missing, and has postings'
            WHEN b.home IS NULL THEN 'has no book'
            WHEN l.remaining_fen NOT BETWEEN 0 AND l.granted_fen
                THEN format('%s fen are left of %s granted', l.remaining_fen, l.granted_fen)
            WHEN l.granted_fen <> coalesce(m.granted_fen, 0)
                THEN format('says %s fen were granted, its postings say %s', l.granted_fen, coalesce(m.granted_fen, 0))
            WHEN l.remaining_fen <> coalesce(m.remaining_fen, 0)
                THEN format('says %s fen are left, its postings say %s', l.remaining_fen, coalesce(m.remaining_fen, 0))
            WHEN f.id IS NULL THEN format('its funder, account %s, is none', l.funder)
            ELSE format('its parent, lot %s, is missing', l.parent_lot) END
  FROM ledger.lot AS l
  FULL JOIN moved AS m ON m.home = l.home AND m.id = l.id
  LEFT JOIN ledger.book AS b ON b.home = l.home
  LEFT JOIN ledger.account AS f ON f.id = l.funder
   AND f.kind IN ('city', 'district', 'street', 'community', 'charity')
  LEFT JOIN ledger.lot AS parent ON parent.home = l.home AND parent.id = l.parent_lot
 WHERE l.id IS NULL OR b.home IS NULL OR l.remaining_fen NOT BETWEEN 0 AND l.granted_fen
    OR l.granted_fen <> coalesce(m.granted_fen, 0) OR l.remaining_fen <> coalesce(m.remaining_fen, 0)
    OR f.id IS NULL OR (l.parent_lot IS NOT NULL AND parent.id IS NULL)
"""

POSTINGS = """
SELECT format('posting %s of transaction %s in book %s', p.n, p.txn_id, p.home),
       CASE WHEN t.id IS NULL THEN 'has no transaction'
            WHEN p.amount_fen <= 0 THEN format('its amount of %s fen is not above zero', p.amount_fen)
            WHEN p.debit = p.credit THEN 'goes from an account to itself'
            WHEN d.id IS NULL OR c.id IS NULL THEN 'names an account that is none'
            WHEN (p.lot_id IS NOT NULL) <> (1 IN (p.debit, p.credit))
                THEN 'moves points without a lot, or a lot without points'
            ELSE 'gives back something, and is no reversal; or the other way round' END
  FROM ledger.posting AS p
  LEFT JOIN ledger.txn AS t ON t.home = p.home AND t.id = p.txn_id
  LEFT JOIN ledger.account AS d ON d.id = p.debit
  LEFT JOIN ledger.account AS c ON c.id = p.credit
 WHERE t.id IS NULL OR p.amount_fen <= 0 OR p.debit = p.credit OR d.id IS NULL OR c.id IS NULL
    OR (p.lot_id IS NOT NULL) <> (1 IN (p.debit, p.credit)) OR (p.undoes IS NOT NULL) <> (t.kind = 'reversal')
"""

# What offsets a debt takes points that the reversal right before it gave back.
KINDS = """
SELECT format('transaction %s, number %s of book %s', t.id, t.seq, t.home),
       CASE WHEN t.kind NOT IN ('grant', 'spend', 'reversal', 'expiry', 'claw_back', 'offset')
                THEN format('is of no known kind: %s', t.kind)
            WHEN t.kind = 'offset' THEN 'does not stand behind the reversal whose points it takes'
            ELSE 'reverses nothing that came before it in its book' END
  FROM ledger.txn AS t LEFT JOIN ledger.txn AS o ON o.home = t.home AND o.id = t.reverses
 WHERE t.kind NOT IN ('grant', 'spend', 'reversal', 'expiry', 'claw_back', 'offset')
    OR (t.kind IN ('reversal', 'claw_back', 'offset')) <> (t.reverses IS NOT NULL)
    OR (t.kind = 'offset' AND (o.id IS NULL OR o.seq <> t.seq - 1 OR o.kind <> 'reversal'))
    OR (t.kind <> 'offset' AND t.reverses IS NOT NULL
        AND (o.id IS NULL OR o.seq >= t.seq OR o.kind NOT IN ('spend', 'grant')))
"""

REFUNDS = """
WITH undone AS (
    SELECT r.home, t.reverses AS txn_id, r.undoes AS n, sum(r.amount_fen) AS fen,
           bool_or(o.n IS NULL OR r.debit <> o.credit OR r.credit <> o.debit) AS crooked,
           max(o.amount_fen) AS amount_fen
      FROM ledger.posting AS r JOIN ledger.txn AS t ON t.home = r.home AND t.id = r.txn_id
      LEFT JOIN ledger.posting AS o ON o.home = t.home AND o.txn_id = t.reverses AND o.n = r.undoes
     WHERE r.undoes IS NOT NULL GROUP BY r.home, t.reverses, r.undoes
)
SELECT format('posting %s of transaction %s in book %s',
              coalesce(u.n, f.n), coalesce(u.txn_id, f.txn_id), coalesce(u.home, f.home)),
       CASE WHEN u.crooked THEN 'is given back by a posting that is not its mirror'
            WHEN u.fen > u.amount_fen THEN format('%s fen were given back of %s', u.fen, u.amount_fen)
            ELSE format('its refund says %s of %s fen, the postings say %s of %s',
                        coalesce(f.refunded_fen, 0), f.amount_fen, coalesce(u.fen, 0), u.amount_fen) END
  FROM undone AS u FULL JOIN ledger.refund AS f ON f.home = u.home AND f.txn_id = u.txn_id AND f.n = u.n
 WHERE u.n IS NULL OR f.n IS NULL OR u.crooked OR u.fen > u.amount_fen OR u.fen <> f.refunded_fen
    OR u.amount_fen <> f.amount_fen
"""

ANSWERS = """
SELECT format('answer to %s in book %s', i.key, i.home),
       CASE WHEN (i.outcome = 'booked') <> (i.txn_id IS NOT NULL) OR (i.txn_id IS NULL) <> (i.digest IS NOT NULL)
                THEN 'is booked without a transaction, or the other way round'
            WHEN i.txn_id IS NOT NULL AND t.id IS NULL THEN format('names transaction %s, which is missing', i.txn_id)
            ELSE 'is not what was answered' END
  FROM ledger.idem AS i LEFT JOIN ledger.txn AS t ON t.home = i.home AND t.id = i.txn_id
 WHERE (i.outcome = 'booked') <> (i.txn_id IS NOT NULL) OR (i.txn_id IS NULL) <> (i.digest IS NOT NULL)
    OR (i.txn_id IS NOT NULL AND (t.id IS NULL OR i.balance_fen <> t.balance_fen OR i.answered_at <> t.booked_at
        OR t.answer <> sha256(i.fingerprint || convert_to(i.key || coalesce(i.response::text, ''), 'UTF8'))))
    OR (i.txn_id IS NULL AND i.digest <> sha256(convert_to(
           json_build_array(i.home, i.key, encode(i.fingerprint, 'hex'), i.outcome, i.balance_fen,
                            (extract(epoch FROM i.answered_at) * 1000000)::bigint, i.response)::text, 'UTF8')))
UNION ALL
SELECT format('transaction %s, number %s of book %s', t.id, t.seq, t.home),
       format('%s keys were answered with it, not one', count(i.key))
  FROM ledger.txn AS t LEFT JOIN ledger.idem AS i ON i.home = t.home AND i.txn_id = t.id
 GROUP BY t.home, t.id, t.seq HAVING count(i.key) <> 1
UNION ALL
SELECT format('key %s', key), format('was answered for %s payers', count(*))
  FROM ledger.idem GROUP BY key HAVING count(*) > 1
"""

ACCOUNTS = """
SELECT format('account %s', a.id), 'its digest is not that of its content'
  FROM ledger.account AS a
 WHERE a.digest <> sha256(convert_to(json_build_array(a.id, a.kind, a.area_code, a.owner_ref, a.name)::text, 'UTF8'))
"""

# Points that end go to the expired points of their funder, or back to the funder and from there into a lot that
# names the old one; and only once their last good day is over.
EXPIRIES = """
SELECT format('posting %s of transaction %s in book %s', p.n, p.txn_id, p.home),
       CASE WHEN p.debit = 1 AND l.expires_on >= date(timezone('Asia/Shanghai', t.occurred_at))
                THEN format('ends lot %s on its last good day or before', p.lot_id)
            ELSE 'is not how points end: it has other accounts, or another lot' END
  FROM ledger.txn AS t JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
  LEFT JOIN ledger.lot AS l ON l.home = p.home AND l.id = p.lot_id
  LEFT JOIN ledger.posting AS o ON o.home = p.home AND o.txn_id = p.txn_id AND o.n <> p.n
  LEFT JOIN ledger.account AS e ON e.id = p.credit AND e.kind = 'expired' AND e.owner_ref = 'expired:' || l.funder
 WHERE t.kind = 'expiry' AND NOT coalesce(CASE
       WHEN o.n IS NULL THEN p.n = 1 AND p.debit = 1 AND e.id IS NOT NULL
       WHEN p.n = 1 THEN p.debit = 1 AND p.credit = l.funder AND o.n = 2 AND o.amount_fen = p.amount_fen
       ELSE p.credit = 1 AND p.debit = l.funder AND l.parent_lot = o.lot_id END
       AND (p.n = 2 OR l.expires_on < date(timezone('Asia/Shanghai', t.occurred_at))), false)
"""

# Nobody owes more of a grant's points than they spent of them, or pays more back than they owe; and what came back
# pays a debt on the payer's own account, no more of a lot than the reversal before it gave back there.
DEBTS = """
WITH RECURSIVE claimed AS (
    SELECT DISTINCT t.home FROM ledger.txn AS t WHERE t.kind IN ('claw_back', 'offset')
), line (home, lot, root) AS (
    SELECT l.home, l.id, l.id FROM claimed AS c JOIN ledger.lot AS l ON l.home = c.home AND l.parent_lot IS NULL
    UNION ALL
    SELECT l.home, l.id, o.root FROM line AS o JOIN ledger.lot AS l ON l.home = o.home AND l.parent_lot = o.lot
), moved AS (
    SELECT t.home, g.lot_id AS root, p.amount_fen AS owed_fen, 0 AS spent_fen
      FROM claimed AS c JOIN ledger.txn AS t ON t.home = c.home AND t.kind = 'claw_back'
      JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id AND p.debit <> 1
      JOIN ledger.posting AS g ON g.home = t.home AND g.txn_id = t.reverses AND g.credit = 1
    UNION ALL
    SELECT t.home, r.root, CASE WHEN t.kind = 'offset' THEN -p.amount_fen ELSE 0 END,
           CASE WHEN t.kind = 'spend' THEN p.amount_fen - coalesce(f.refunded_fen, 0) ELSE 0 END
      FROM line AS r
      JOIN ledger.posting AS p ON p.home = r.home AND p.lot_id = r.lot AND p.debit = 1
      JOIN ledger.txn AS t ON t.home = p.home AND t.id = p.txn_id AND t.kind IN ('spend', 'offset')
      LEFT JOIN ledger.refund AS f ON f.home = p.home AND f.txn_id = p.txn_id AND f.n = p.n
)
SELECT format('lot %s of book %s', root, home),
       format('%s fen of it are owed, and %s fen were spent', sum(owed_fen), sum(spent_fen))
  FROM moved GROUP BY home, root HAVING sum(owed_fen) NOT BETWEEN 0 AND sum(spent_fen)
UNION ALL
SELECT format('posting %s of transaction %s in book %s', p.n, p.txn_id, p.home),
       'is not how a debt is offset: it has other accounts, or takes more than was given back'
  FROM ledger.txn AS t JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
  LEFT JOIN ledger.account AS a ON a.id = p.credit AND a.kind = 'receivable' AND a.owner_ref = 'receivable:' || p.home
 WHERE t.kind = 'offset' AND (p.debit <> 1 OR a.id IS NULL OR p.amount_fen > coalesce((
       SELECT sum(b.amount_fen) FROM ledger.posting AS b
        WHERE b.home = t.home AND b.txn_id = t.reverses AND b.lot_id = p.lot_id AND b.credit = 1), 0))
"""

TRIAL = """
SELECT 'all books', format('they hold %s fen, the postings say %s', b.fen, p.fen)
  FROM (SELECT coalesce(sum(balance_fen), 0) AS fen FROM ledger.book) AS b,
       (SELECT coalesce(sum(amount_fen) FILTER (WHERE credit = 1), 0)
             - coalesce(sum(amount_fen) FILTER (WHERE debit = 1), 0) AS fen
          FROM ledger.posting) AS p
 WHERE b.fen <> p.fen
"""

CHECKS = (
    Check("accounts", ACCOUNTS),
    Check("chain", CHAIN),
    Check("books", BOOKS),
    Check("kinds", KINDS),
    Check("postings", POSTINGS),
    Check("lots", LOTS),
    Check("refunds", REFUNDS),
    Check("expiries", EXPIRIES),
    Check("debts", DEBTS),
    Check("answers", ANSWERS),
    Check("trial balance", TRIAL),
)
