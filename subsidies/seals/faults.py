"""What can be wrong between the books and their seals: one statement for each promise, as in ledger/faults.py."""

from subsidies.ledger.faults import Check

# Only the first leaf that a book departs from: all later ones follow from it.
SEALED = """
SELECT DISTINCT ON (l.home)
       CASE WHEN t.id IS NULL THEN format('transaction number %s of book %s', l.to_seq, l.home)
            ELSE format('transaction %s, number %s of book %s', t.id, l.to_seq, l.home) END,
       CASE WHEN t.id IS NULL THEN format('was sealed at height %s, and is missing', l.height)
            WHEN l.from_seq = l.to_seq THEN format('is not what was sealed at height %s', l.height)
            ELSE format('is not what was sealed at height %s: it was changed, or one from number %s on',
                        l.height, l.from_seq) END
  FROM ledger.block_leaf AS l LEFT JOIN ledger.txn AS t ON t.home = l.home AND t.seq = l.to_seq
 WHERE t.id IS NULL OR t.hash <> l.head OR t.balance_fen <> l.balance_fen
 ORDER BY l.home, l.height
"""

LEAVES = """
SELECT format('leaf of book %s at height %s', coalesce(l.home, s.home), coalesce(l.height, s.height)),
       CASE WHEN l.home IS NULL THEN 'is missing'
            WHEN l.bucket <> l.home % 64 THEN 'is in the wrong bucket'
            WHEN l.from_seq <> l.before + 1
                THEN format('begins at number %s, the one before it ends at %s', l.from_seq, l.before)
            ELSE 'is not the one that the book is said to be sealed up to' END
  FROM (SELECT b.*, lag(b.to_seq, 1, 0::bigint) OVER book AS before, lead(b.height) OVER book AS later
          FROM ledger.block_leaf AS b WINDOW book AS (PARTITION BY b.home ORDER BY b.height)) AS l
  FULL JOIN ledger.sealed_book AS s ON s.home = l.home AND s.height = l.height
 WHERE l.home IS NULL OR l.bucket <> l.home % 64 OR l.from_seq <> l.before + 1 OR l.to_seq < l.from_seq
    OR (l.later IS NULL AND s.to_seq IS DISTINCT FROM l.to_seq) OR (l.later IS NOT NULL AND s.home IS NOT NULL)
"""

ACCOUNTS = """
SELECT format('account %s', l.account_id),
       CASE WHEN a.id IS NULL THEN format('was sealed at height %s, and is missing', l.height)
            ELSE format('is not what was sealed at height %s', l.height) END
  FROM ledger.account_leaf AS l LEFT JOIN ledger.account AS a ON a.id = l.account_id
 WHERE a.id IS NULL OR a.digest <> l.digest
"""

ANSWERS = """
SELECT format('answer to %s', l.key),
       CASE WHEN i.key IS NULL THEN format('was sealed at height %s, and is missing', l.height)
            ELSE format('is not what was sealed at height %s', l.height) END
  FROM ledger.answer_leaf AS l LEFT JOIN ledger.idem AS i ON i.key = l.key
 WHERE i.key IS NULL OR i.digest IS DISTINCT FROM l.digest
"""

ROLLUP = """
WITH moved AS (
    SELECT x.account_id, (t.home % 64)::smallint AS bucket,
           sum(x.debit_fen) AS debit_fen, sum(x.credit_fen) AS credit_fen
      FROM ledger.sealed_book AS s
      JOIN ledger.txn AS t ON t.home = s.home AND t.seq <= s.to_seq
      JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
     CROSS JOIN LATERAL (VALUES (p.debit, p.amount_fen, 0), (p.credit, 0, p.amount_fen))
                     AS x (account_id, debit_fen, credit_fen)
     GROUP BY x.account_id, t.home % 64
)
SELECT format('sums of account %s in bucket %s', coalesce(r.account_id, m.account_id), coalesce(r.bucket, m.bucket)),
       format('say %s and %s fen, the sealed postings say %s and %s',
              coalesce(r.debit_fen, 0), coalesce(r.credit_fen, 0), coalesce(m.debit_fen, 0), coalesce(m.credit_fen, 0))
  FROM ledger.rollup AS r FULL JOIN moved AS m ON m.account_id = r.account_id AND m.bucket = r.bucket
 WHERE r.debit_fen IS DISTINCT FROM m.debit_fen OR r.credit_fen IS DISTINCT FROM m.credit_fen
"""

CHECKS = (
    Check("sealed books", SEALED),
    Check("sealed leaves", LEAVES),
    Check("sealed accounts", ACCOUNTS),
    Check("sealed answers", ANSWERS),
    Check("sealed sums", ROLLUP),
)
