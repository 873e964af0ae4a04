"""Raw text to words, piece by piece: what stands between two blanks is read once and remembered.

The words are those of ``model.text.words_of``. Masking looks at whole messages, and costs more than all else; so each
piece also remembers whether it can be part of personal data, and only a message with such a piece is masked.
"""

import re
from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from model.memo import Memo
from model.privacy import mask, may_hold_number
from model.text import MAX_WORDS, expand, repair, tokens

MEMO_PIECES = 50_000
"""Pieces remembered, about 15 MB; past that the memo starts anew."""

PERSONAL = 8
"""A text's risk is the sum of its pieces'; below this it holds no personal data. A piece's risk is the number of its
digits, since a personal number takes eight; what can be part of a number plate has eight more."""

ANNOUNCES = 1 << 20
"""The risk of a word or sign that announces a name, an address on the net or a number plate."""

_MASKED = re.compile(r"\W*\[[a-z]+\]\W*")
_ANNOUNCES = re.compile(r"@|://|www\.|\bnama|kenalkan|nopol|^\W*(?:no\.)?pol\b|\bplat|\ba[./]|^\W*a$")
_PLATE_PART = re.compile(r"\d{3}$|\d[.-]?[A-Z]{2,3}\b")


class Piece(NamedTuple):
    """Its words, lower-case, unstemmed and expanded, and its risk."""

    words: tuple[str, ...]
    risk: int


def risk_of(piece: str) -> int:
    """How near a piece of text is to personal data.

    >>> [risk_of(piece) for piece in ("jalan", "(3)", "0812-3456", "1234", "[telepon]")]
    [0, 1, 16, 12, 0]
    >>> risk_of("Nama:") == ANNOUNCES
    True
    """
    if _ANNOUNCES.search(piece.lower()) and not _MASKED.fullmatch(piece):
        return ANNOUNCES
    return sum(map(str.isdigit, piece)) + (PERSONAL if _PLATE_PART.search(piece) else 0)


def read_piece(piece: str, expansions: Mapping[str, tuple[str, ...]]) -> Piece:
    """A piece of a repaired text, read for the first time."""
    return Piece(tuple(expand(tokens(piece), expansions)), risk_of(piece))


def may_be_personal(text: str, risk: int) -> bool:
    """Whether a text of such a risk can hold personal data; False is certain."""
    return risk >= ANNOUNCES or (risk >= PERSONAL and may_hold_number(text))


class Reader:
    """Reads raw messages with one lexicon. Safe to share between threads.

    >>> Reader({"jln": ("jalan",)}).words("Jln RUSAK, hub 0812-3456-7890")
    ['jalan', 'rusak', 'hub', '[telepon]']
    """

    def __init__(self, expansions: Mapping[str, tuple[str, ...]]) -> None:
        self._pieces = Memo(lambda piece: read_piece(piece, expansions), MEMO_PIECES)

    def words(self, text: str) -> list[str]:
        """The words of a raw message, as ``model.text.words_of`` gives them."""
        text = repair(text)
        pieces = self._read(text)
        if may_be_personal(text, sum(piece.risk for piece in pieces)):
            pieces = self._read(mask(text))
        return list(chain.from_iterable(piece.words for piece in pieces))[:MAX_WORDS]

    def _read(self, text: str) -> list[Piece]:
        return list(map(self._pieces.__getitem__, text.split()))
