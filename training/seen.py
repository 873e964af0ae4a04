"""Which messages a model was trained on: short hashes, so that nobody measures it on what it has learned by heart."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = "seen.npy"


def hash_of(text: str) -> int:
    """64 bits of a message's letters and digits, whatever their case and what stands between them.

    >>> hash_of("Lampu mati!") == hash_of("lampu  mati")
    True
    """
    plain = " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
    return int.from_bytes(hashlib.sha256(plain.encode()).digest()[:8], "little")


def write(folder: Path, texts: Sequence[str]) -> None:
    """Keep the hashes of a model's training texts in its folder."""
    np.save(folder / FILE, np.unique(np.array([hash_of(text) for text in texts], dtype=np.uint64)))


def was_seen(folder: Path, texts: Sequence[str]) -> NDArray[np.bool_]:
    """For each text whether the model was trained on it; all False for a model that keeps no hashes."""
    if not (folder / FILE).is_file():
        return np.zeros(len(texts), dtype=bool)
    hashes = np.load(folder / FILE, allow_pickle=False)
    return np.isin(np.array([hash_of(text) for text in texts], dtype=np.uint64), hashes)
