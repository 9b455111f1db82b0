"""Merkle trees as RFC 6962 builds them: roots of any number of leaves in little memory, and paths to one leaf."""

import hashlib
from collections.abc import Iterable, Sequence


def leaf_hash(text: str) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of what stands above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows by one leaf at a time and keeps only the roots of its full parts."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(self._parts.pop(), node)
            size >>= 1
        self._parts.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root; of nothing, the hash of nothing."""
        if not self._parts:
            return hashlib.sha256().digest()
        root = self._parts[-1]
        for part in reversed(self._parts[:-1]):
            root = node_hash(part, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the hashes of leaves."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def path_to(leaves: Sequence[bytes], place: int) -> list[tuple[str, bytes]]:
    """Return what leads from a leaf to the root: at each step the other side, and whether it stands left or right."""
    if len(leaves) <= 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if place < half:
        return [*path_to(leaves[:half], place), ("right", root_of(leaves[half:]))]
    return [*path_to(leaves[half:], place - half), ("left", root_of(leaves[:half]))]


def climb(leaf: bytes, path: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the root that a path leads to."""
    for side, other in path:
        leaf = node_hash(other, leaf) if side == "left" else node_hash(leaf, other)
    return leaf
