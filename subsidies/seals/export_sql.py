"""The statements behind the files of an export, each in the order in which its file is read.

``scope`` says which transactions of which book are in it: those of all leaves that reach into the period.
"""

SCOPE = """
WITH scope AS MATERIALIZED (
    SELECT l.home, min(l.from_seq) AS from_seq, max(l.to_seq) AS to_seq FROM ledger.block_leaf AS l
     WHERE l.height <= :height
       AND ((CAST(:since AS timestamptz) IS NULL AND CAST(:until AS timestamptz) IS NULL) OR EXISTS (
               SELECT FROM ledger.txn AS t WHERE t.home = l.home AND t.seq BETWEEN l.from_seq AND l.to_seq
                  AND t.booked_at >= coalesce(CAST(:since AS timestamptz), '-infinity')
                  AND t.booked_at < coalesce(CAST(:until AS timestamptz), 'infinity')))
     GROUP BY l.home
)
"""

COUNTS = """
SELECT coalesce((SELECT sum(to_seq - from_seq + 1) FROM scope), 0) * 3 + (SELECT count(*) FROM scope) * 3
     + (SELECT coalesce(sum(leaves + blocks + 1), 0) FROM ledger.seal WHERE height <= :height)
"""

BOOKS = """
SELECT s.home, s.from_seq, coalesce(a.hash, ''), coalesce(a.balance_fen, 0), s.to_seq, z.hash, z.balance_fen
  FROM scope AS s JOIN ledger.txn AS z ON z.home = s.home AND z.seq = s.to_seq
  LEFT JOIN ledger.txn AS a ON a.home = s.home AND a.seq = s.from_seq - 1
 ORDER BY s.home
"""

# What was left of a lot when the export begins and when it ends, from all its postings until then.
LOTS = """
SELECT l.home, l.id,
       concat_ws(' ', l.funder, l.programme, l.purpose, to_char(l.expires_on, 'YYYY-MM-DD'),
                 coalesce(l.parent_lot::text, '-')), m.start_fen, m.end_fen
  FROM scope AS s JOIN ledger.lot AS l ON l.home = s.home
 CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.fen) FILTER (WHERE x.seq < s.from_seq), 0) AS start_fen, sum(x.fen) AS end_fen
             FROM (SELECT t.seq, p.amount_fen * ((p.credit = 1)::int - (p.debit = 1)::int) AS fen
                     FROM ledger.posting AS p JOIN ledger.txn AS t ON t.home = p.home AND t.id = p.txn_id
                    WHERE p.home = s.home AND p.lot_id = l.id AND t.seq <= s.to_seq OFFSET 0) AS x
       ) AS m
 WHERE m.end_fen IS NOT NULL
 ORDER BY l.home, l.id
"""

TRANSACTIONS = """
SELECT t.home, t.seq, t.id, t.kind, t.reverses, t.occurred_at, t.booked_at, t.actor, t.device, t.balance_fen, t.answer,
       t.cause::text, t.hash
  FROM scope AS s JOIN ledger.txn AS t ON t.home = s.home AND t.seq BETWEEN s.from_seq AND s.to_seq
 ORDER BY t.home, t.seq
"""

POSTINGS = """
SELECT t.home, t.seq, p.n, p.debit, p.credit, p.amount_fen, p.lot_id, p.undoes
  FROM scope AS s JOIN ledger.txn AS t ON t.home = s.home AND t.seq BETWEEN s.from_seq AND s.to_seq
  JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
 ORDER BY t.home, t.seq, p.n
"""

TRIAL = """
SELECT x.account_id, sum(x.debit_fen)::bigint, sum(x.credit_fen)::bigint
  FROM scope AS s JOIN ledger.txn AS t ON t.home = s.home AND t.seq BETWEEN s.from_seq AND s.to_seq
  JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
 CROSS JOIN LATERAL (VALUES (p.debit, p.amount_fen, 0), (p.credit, 0, p.amount_fen))
                 AS x (account_id, debit_fen, credit_fen)
 GROUP BY x.account_id ORDER BY x.account_id
"""

# The name of whoever owes something back may be a person's; its digest is enough to check it elsewhere.
ACCOUNTS = """
SELECT a.id, a.kind, a.area_code, a.owner_ref, CASE WHEN a.kind = 'receivable' THEN '' ELSE a.name END,
       l.digest, l.height
  FROM ledger.account_leaf AS l JOIN ledger.account AS a ON a.id = l.account_id
 WHERE l.height <= :height ORDER BY a.id
"""

FILES = {
    "keys": 'SELECT key_id, public_key FROM ledger.seal_key ORDER BY key_id COLLATE "C"',
    "seals": (
        "SELECT height, prev, root, blocks, leaves, sealed_at, key_id, signature FROM ledger.seal"
        " WHERE height <= :height ORDER BY height"
    ),
    "blocks": (
        "SELECT height, bucket, prev, root, leaves FROM ledger.block WHERE height <= :height ORDER BY height, bucket"
    ),
    "accounts": ACCOUNTS,
    "answers": "SELECT height, digest FROM ledger.answer_leaf WHERE height <= :height ORDER BY height, digest",
    "leaves": (
        "SELECT home, height, from_seq, to_seq, head, balance_fen FROM ledger.block_leaf"
        " WHERE height <= :height ORDER BY home, height"
    ),
    "books": BOOKS,
    "lots": LOTS,
    "transactions": TRANSACTIONS,
    "postings": POSTINGS,
    "trial": TRIAL,
}
