"""Check an export of the points ledger: ``python verify_export.py DIR``, or one receipt: ``--proof FILE``.

Python 3.11 or later and its standard library, so that an auditor can read it and run it on a machine that never saw
the product. It replays every book's chain of hashes, recomputes balances, lots and the trial balance, rebuilds the
Merkle trees (RFC 6962) and checks the signatures (Ed25519, RFC 8032). Each fault is printed with the name of its row.
Exit 0: no fault. 1: faults. What it cannot know is whether the key is the right one: name it with ``--key``, or compare
the key id it prints with the one published, and a few roots with those you were sent or find on settlement statements.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby
from pathlib import Path
from typing import Any

FORMAT, PROOF_FORMAT, MANIFEST = "chongyang-export-1", "chongyang-proof-1", "export.json"
WALLET, BUCKETS, ACCOUNT_BUCKET, ANSWER_BUCKET = 1, 64, 64, 65
SEALED = "up to seal {height} of {sealed_at} with root {hex} by key {key_id}"
NOT_SIGNED = "is not signed rightly, or not by a key named by --key"
ZEROS, EPOCH = bytes(32), datetime(1970, 1, 1, tzinfo=UTC)
# File, how many columns name a row and rise, columns with their types; the terms of a lot: funder, programme, purpose,
# last good day, and the lot it came back from. Line breaks within a text are written as \\x0b and \\x0c.
SCHEMA = """
keys 1 key_id:text public_key:hex
seals 1 height:int previous:hex root:hex blocks:int leaves:int sealed_at:text key_id:text signature:hex
blocks 2 height:int bucket:int previous:hex root:hex leaves:int
accounts 1 id:int kind:text area_code:text? owner_ref:text? name:text digest:hex height:int
answers 2 height:int digest:hex
leaves 2 home:int height:int from_seq:int to_seq:int head:hex balance_fen:int
books 1 home:int person:text from_seq:int start_head:hex start_fen:int to_seq:int head:hex balance_fen:int
lots 2 home:int id:int terms:text start_fen:int end_fen:int
transactions 2 home:int seq:int id:text kind:text reverses:text? occurred_at:moment booked_at:moment actor:text \
device:text balance_fen:int answer:hex cause:text hash:hex
postings 3 home:int seq:int n:int debit:int credit:int amount_fen:int lot_id:int? undoes:int?
trial 1 account_id:int debit_fen:int credit_fen:int
"""
WORDS = [line.split() for line in SCHEMA.strip().splitlines()]
KEYS = {words[0]: int(words[1]) for words in WORDS}
READERS: Any = {"int": int, "hex": bytes.fromhex, "moment": datetime.fromisoformat, "text?": lambda cell: cell or None}
READERS |= {"int?": lambda cell: int(cell) if cell else None, "text": lambda cell: cell.translate({11: 10, 12: 13})}
COLUMNS = {words[0]: [column.split(":") for column in words[2:]] for words in WORDS}
Row = dict[str, Any]
Expect = Callable[[bool, str, str], None]


def sha256(data: bytes | str) -> bytes:
    # Bytes of a damaged file that are no UTF-8 come through as they are.
    return hashlib.sha256(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data).digest()


def leaf_hash(text: str) -> bytes:
    return sha256("\x00" + text)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


class Tree:
    """The root over leaves that come one by one (RFC 6962, section 2.1)."""

    def __init__(self) -> None:
        self.size, self.parts = 0, list[bytes]()

    def add(self, leaf: bytes) -> None:
        size, self.size = self.size, self.size + 1
        while size & 1:
            leaf, size = node_hash(self.parts.pop(), leaf), size >> 1
        self.parts.append(leaf)

    def root(self) -> bytes:
        root = self.parts[-1] if self.parts else sha256(b"")
        for part in reversed(self.parts[:-1]):
            root = node_hash(part, root)
        return root


def block_text(block: Row) -> str:
    previous, root = block["previous"].hex(), block["root"].hex()
    return f"block|{block['bucket']}|{block['height']}|{previous}|{root}|{block['leaves']}"


def seal_text(seal: Row) -> str:
    return (
        f"chongyang seal 1\nheight {seal['height']}\nprevious {seal['previous'].hex()}\nroot {seal['root'].hex()}\n"
        f"blocks {seal['blocks']}\nleaves {seal['leaves']}\nsealed_at {seal['sealed_at']}\nkey {seal['key_id']}\n"
    )


# Ed25519, as section 5.1 of RFC 8032 has it. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_ONE = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def add_points(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while number:
        result = add_points(result, point) if number & 1 else result
        point, number = add_points(point, point), number >> 1
    return result


def read_point(data: bytes) -> Point:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square or y >= P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = read_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(seal: Row, public_key: bytes, pinned: list[str]) -> bool:
    """Say whether the signature of a seal is that of the key it names, and of one that the auditor named, if any."""
    signature, scalar = seal["signature"], int.from_bytes(seal["signature"][32:], "little")
    is_named = sha256(public_key).hex()[:16] == seal["key_id"] and (not pinned or public_key.hex() in pinned)
    if not is_named or len(public_key) != 32 or len(signature) != 64 or scalar >= ORDER:
        return False
    try:
        key, nonce = read_point(public_key), read_point(signature[:32])
    except ValueError:
        return False
    challenge = hashlib.sha512(signature[:32] + public_key + seal_text(seal).encode()).digest()
    left, right = times(scalar, BASE), add_points(nonce, times(int.from_bytes(challenge, "little") % ORDER, key))
    return all((left[side] * right[2] - right[side] * left[2]) % P == 0 for side in (0, 1))


def row_check(name: str, text: str) -> str:
    """Return a row's own check. It finds accidents and names the row; the hashes and seals find intent."""
    return sha256(f"{name}|{text}").hex()[:16]


def canonical_text(txn: Row, lines: list[Row], terms: dict[int, str]) -> str:
    """Write a transaction as its hash covers it, version 1."""
    lots, undoes = [line["lot_id"] for line in lines], [line["undoes"] for line in lines]
    while lots and lots[-1] is None:
        lots.pop()
    given = [terms.get(line["lot_id"]) for line in lines if line["credit"] == WALLET]
    moments = ((txn[name] - EPOCH) // timedelta(microseconds=1) for name in ("occurred_at", "booked_at"))
    parts = [1, *map(txn.get, ("home", "seq", "id", "kind", "reverses")), *moments, txn["actor"], txn["device"]]
    parts += [[line[name] for line in lines] for name in ("debit", "credit", "amount_fen")]
    parts += [lots, undoes if any(undoes) else None, given or None, txn["balance_fen"], txn["answer"].hex()]
    written = (json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in parts)
    return f"[{', '.join([*written, txn['cause']])}]"


class Book:
    def __init__(self, rows: dict[str, list[Row]], expect: Expect) -> None:
        self.row, self.lots, self.expect = rows["books"][0], rows["lots"], expect
        self.seq, self.head, self.fen = self.row["from_seq"] - 1, self.row["start_head"], self.row["start_fen"]
        self.left = {lot["id"]: lot["start_fen"] for lot in self.lots}
        self.leaves = {leaf["to_seq"]: leaf for leaf in rows["leaves"]}
        self.terms, self.last = {lot["id"]: lot["terms"] for lot in self.lots}, ("", "", dict[int, int]())
        where, nothing = self.row["where"], {"head": b"" if self.seq == 0 else None, "balance_fen": 0}
        anchor = self.leaves.get(self.seq, nothing)
        expect((anchor["head"], anchor["balance_fen"]) == (self.head, self.fen), where, "begins where no seal says")
        expect(sum(self.left.values()) == self.fen, where, "has lots that do not make up the balance it begins with")

    def replay(self, txn: Row, lines: list[Row], trial: dict[int, list[int]]) -> None:
        expect, where, self.seq = self.expect, txn["where"], self.seq + 1
        expect(txn["seq"] == self.seq, where, f"should be number {self.seq}: one before it is missing")
        expect([line["n"] for line in lines] == list(range(1, len(lines) + 1)), where, "misses one of its postings")
        for line in lines:
            self.move(line, trial)
        expect(txn["balance_fen"] == self.fen, where, f"has another balance than the {self.fen} fen of its postings")
        text = canonical_text(txn, lines, self.terms).encode("utf-8", "surrogateescape")
        is_right = sha256(self.head + text) == txn["hash"]
        expect(is_right, where, "has not the hash of its content, postings, lots and the hash before it")
        leaf = self.leaves.get(txn["seq"])
        is_sealed = not leaf or (leaf["head"], leaf["balance_fen"]) == (txn["hash"], txn["balance_fen"])
        expect(is_sealed, where, f"is not what was sealed at height {leaf and leaf['height']}")
        before, back = self.last, {line["lot_id"]: line["amount_fen"] for line in lines if line["credit"] == WALLET}
        self.last = (txn["kind"], txn["id"], back)
        is_behind = not back and before[:2] == ("reversal", txn["reverses"])
        is_behind &= all(line["amount_fen"] <= before[2].get(line["lot_id"], 0) for line in lines)
        expect(txn["kind"] != "offset" or is_behind, where, "takes other points than the reversal before it gave back")
        # So that one fault is told once, and not again for each row that follows.
        self.seq, self.head, self.fen = txn["seq"], txn["hash"], txn["balance_fen"]

    def move(self, line: Row, trial: dict[int, list[int]]) -> None:
        debit, credit, fen, lot = line["debit"], line["credit"], line["amount_fen"], line["lot_id"]
        change = fen * ((credit == WALLET) - (debit == WALLET))
        self.fen += change
        trial[debit][0] += fen
        trial[credit][1] += fen
        is_movement = fen > 0 and debit != credit and (lot is not None) == (WALLET in (debit, credit))
        self.expect(is_movement, line["where"], "is no movement from one account to another, or misses its lot")
        if lot is not None:
            self.left[lot] = self.left.get(lot, 0) + change
            is_there = lot in self.terms and self.left[lot] >= 0
            self.expect(is_there, line["where"], f"takes more than is left in lot {lot}, or the lot is missing")

    def end(self, is_whole: bool) -> None:
        row, where = self.row, self.row["where"]
        is_last = (self.seq, self.head, self.fen) == (row["to_seq"], row["head"], row["balance_fen"])
        self.expect(is_last, where, "does not end where its last transaction does")
        is_sealed = row["to_seq"] in self.leaves and (not is_whole or row["to_seq"] == max(self.leaves))
        self.expect(is_sealed, where, "does not end at a sealed leaf, or not at the last")
        self.expect(sum(self.left.values()) == self.fen, where, "has lots that do not make up its balance")
        for left, lot in ((self.left[lot["id"]], lot) for lot in self.lots):
            self.expect(lot["end_fen"] == left, lot["where"], f"says otherwise than its postings: {left} fen are left")


class Export:
    def __init__(self, folder: Path, expect: Expect, pinned: list[str]) -> None:
        self.folder, self.expect, self.pinned = folder, expect, pinned
        self.manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        self.is_whole = self.manifest["from"] is None and self.manifest["until"] is None
        self.trees, self.tops = defaultdict[Any, Tree](Tree), defaultdict[int, Tree](Tree)
        self.trial: dict[int, list[int]] = defaultdict(lambda: [0, 0])

    def read(self, name: str) -> Iterator[Row]:
        """Yield the good rows of a file, each with its place under ``where``; tell of the others."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
            expected, last, number = ",".join(column for column, _kind in COLUMNS[name]), None, -1
            for number, line in enumerate(stream):
                text, _comma, check = line.rpartition(",")
                where = f"{name}.csv row {number} ({' '.join(text.split(',')[: KEYS[name]])})"
                is_good = check == (row_check(name, text) if number else "check") + "\n"
                self.expect(is_good and (number > 0 or text == expected), where, "was changed: see its check")
                row = self.read_row(name, text, where) if is_good and number else {}
                if row:
                    place = tuple(row[column] for column, _kind in COLUMNS[name][: KEYS[name]])
                    is_next, last = last is None or place > last, place
                    self.expect(is_next, where, "does not come after the row before it")
                    yield from [row] * is_next
            said = self.manifest["rows"][name]
            told = f"is the last, and {MANIFEST} says there are {said}"
            self.expect(number == said, f"{name}.csv row {number}", told)

    def read_row(self, name: str, text: str, where: str) -> Row:
        try:
            cells = zip(COLUMNS[name], next(csv.reader([text], strict=True)), strict=True)
            return {column: READERS[kind](cell) for (column, kind), cell in cells} | {"file": name, "where": where}
        except (ValueError, csv.Error) as error:
            self.expect(False, where, f"cannot be read: {error}")
            return {}

    def check_accounts(self) -> None:
        for row in self.read("accounts"):
            content = [row["id"], row["kind"], row["area_code"], row["owner_ref"], row["name"]]
            # The name of who owes something may be a person's: it is left out, and only its digest is there.
            is_right = row["kind"] == "receivable" or sha256(json.dumps(content, ensure_ascii=False)) == row["digest"]
            self.expect(is_right, row["where"], "has not the digest of its content")
            text = f"account|{row['id']}|{row['digest'].hex()}"
            self.trees[row["height"], ACCOUNT_BUCKET].add(leaf_hash(text))
        for row in self.read("answers"):
            self.trees[row["height"], ANSWER_BUCKET].add(leaf_hash(f"answer|{row['digest'].hex()}"))

    def check_books(self) -> None:
        """Replay every book; memory holds one book at a time, and the trees."""
        files = [self.read(name) for name in ("books", "lots", "transactions", "postings", "leaves")]
        for home, rows in groupby(merge(*files, key=lambda row: row["home"]), key=lambda row: row["home"]):
            found: dict[str, list[Row]] = defaultdict(list)
            for row in rows:
                found[row["file"]].append(row)
            self.grow(found["leaves"])
            if found["books"]:
                self.check_book(Book(found, self.expect), found["transactions"], found["postings"])
                continue
            for row in [*found["lots"], *found["transactions"], *found["postings"], *found["leaves"] * self.is_whole]:
                self.expect(False, row["where"], f"belongs to no book: there is no book {home}")

    def check_book(self, book: Book, txns: list[Row], postings: list[Row]) -> None:
        lines: dict[int, list[Row]] = defaultdict(list)
        for line in postings:
            lines[line["seq"]].append(line)
        for txn in txns:
            book.replay(txn, lines.pop(txn["seq"], []), self.trial)
        for left in lines.values():
            self.expect(False, left[0]["where"], "belongs to no transaction")
        book.end(self.is_whole)

    def grow(self, leaves: list[Row]) -> None:
        seq = 0
        for leaf in leaves:
            is_next = leaf["from_seq"] == seq + 1 and leaf["to_seq"] > seq
            self.expect(is_next, leaf["where"], f"does not follow from the one before it, which ends at {seq}")
            seq, text = leaf["to_seq"], f"{leaf['home']}|{leaf['to_seq']}|{leaf['head'].hex()}|{leaf['balance_fen']}"
            self.trees[leaf["height"], leaf["home"] % BUCKETS].add(leaf_hash(text))

    def check_trial(self) -> None:
        for row in self.read("trial"):
            made = self.trial.pop(row["account_id"], [0, 0])
            self.expect([row["debit_fen"], row["credit_fen"]] == made, row["where"], f"differs from postings: {made}")
        for account, made in self.trial.items():
            self.expect(False, f"trial.csv ({account})", f"is missing, and postings make {made}")

    def check_blocks(self) -> None:
        before: dict[int, bytes] = defaultdict(lambda: ZEROS)
        for row in self.read("blocks"):
            tree, previous = self.trees.pop((row["height"], row["bucket"]), Tree()), before[row["bucket"]]
            is_root = (tree.root(), tree.size) == (row["root"], row["leaves"])
            self.expect(is_root, row["where"], "has leaves that do not make its root")
            self.expect(row["previous"] == previous, row["where"], "does not follow from the bucket's block before it")
            before[row["bucket"]] = leaf_hash(block_text(row))
            self.tops[row["height"]].add(before[row["bucket"]])
        for place in self.trees:
            self.expect(False, f"blocks.csv {place}", "is missing, and has leaves")

    def check_seals(self) -> Row:
        keys = {row["key_id"]: row["public_key"] for row in self.read("keys")}
        last: Row = {"height": 0, "root": b"", "sealed_at": "-", "key_id": "-", "hash": ZEROS}
        for seal in self.read("seals"):
            tree, where, key = self.tops.pop(seal["height"], Tree()), seal["where"], keys.get(seal["key_id"], b"")
            is_root = (tree.root(), tree.size) == (seal["root"], seal["blocks"])
            self.expect(is_root, where, "has blocks that do not make its root")
            is_next = (seal["previous"], seal["height"]) == (last["hash"], last["height"] + 1)
            self.expect(is_next, where, "does not follow from the seal before it")
            self.expect(is_signed(seal, key, self.pinned), where, NOT_SIGNED)
            last = {**seal, "hash": sha256(seal_text(seal))}
        for height in self.tops:
            self.expect(False, f"seals.csv {height}", "is missing, and has blocks")
        return last


def check_export(folder: Path, expect: Expect, pinned: list[str]) -> str:
    export = Export(folder, expect, pinned)
    rows, said = export.manifest["rows"], (export.manifest["height"], export.manifest["seal_hash"])
    for check in (export.check_accounts, export.check_books, export.check_trial, export.check_blocks):
        check()
    last = export.check_seals()
    expect((last["height"], last["hash"].hex()) == said, MANIFEST, "does not end at the last seal")
    what = f"{rows['transactions']} transactions of {rows['books']} books "
    return (what + SEALED).format(**last, hex=last["root"].hex())


def climb(leaf: bytes, path: list[list[str]]) -> bytes:
    for side, other in path:
        leaf = node_hash(bytes.fromhex(other), leaf) if side == "left" else node_hash(leaf, bytes.fromhex(other))
    return leaf


def check_proof(file: Path, expect: Expect, pinned: list[str]) -> str:
    proof = json.loads(file.read_text(encoding="utf-8"))
    leaf, block, seal = proof["leaf"], proof["block"], proof["seal"]
    for row, name in [(block, "previous"), (block, "root"), *((seal, n) for n in ("previous", "root", "signature"))]:
        row[name] = bytes.fromhex(row[name])
    told, head = [json.loads(text) for text in proof["transactions"]], bytes.fromhex(proof["head_before"])
    for text in proof["transactions"]:
        head = sha256(head + text.encode())
    numbers = [(leaf["home"], leaf["seq"] - len(told) + 1 + place) for place in range(len(told))]
    ends = (head.hex(), told[-1][16], [(txn[1], txn[2]) for txn in told])
    expect(ends == (leaf["head"], leaf["balance_fen"], numbers), "transactions", "do not lead to the leaf")
    node = climb(leaf_hash(f"{leaf['home']}|{leaf['seq']}|{leaf['head']}|{leaf['balance_fen']}"), proof["path"])
    is_led = node == block["root"] and block["bucket"] == leaf["home"] % BUCKETS
    expect(is_led, "path", "does not lead from the leaf to the root of the block")
    is_led = climb(leaf_hash(block_text(block)), proof["block_path"]) == seal["root"]
    expect(is_led and block["height"] == seal["height"], "block_path", "does not lead from the block to the seal")
    expect(is_signed(seal, bytes.fromhex(seal["public_key"]), pinned), "seal", NOT_SIGNED)
    what = f"{told[0][4]} {told[0][3]}, number {told[0][2]} of book {leaf['home']}, "
    return (what + SEALED).format(**seal, hex=seal["root"].hex())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="directory of an export")
    parser.add_argument("--proof", type=Path, metavar="FILE", help="inclusion proof of one receipt")
    parser.add_argument("--key", action="append", default=[], metavar="HEX", help="public key that must have signed")
    asked = parser.parse_args()
    if (asked.folder is None) == (asked.proof is None):
        parser.error("name a directory, or one file with --proof")
    faults: list[str] = []

    def expect(holds: bool, where: str, what: str) -> None:
        if not holds:
            faults.append(where)
            print(f"{where}: {what}".encode(errors="backslashreplace").decode())

    try:
        checked = (check_proof if asked.proof else check_export)(asked.proof or asked.folder, expect, asked.key)
    except (OSError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        checked = f"{asked.proof or asked.folder} is no complete export or proof ({type(error).__name__}: {error})"
        faults.append("all")
    print(f"{checked}: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
