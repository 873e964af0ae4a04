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

PLAIN, FEW_DIGITS, DIGITS, ANNOUNCES = 0, 1, 4, 1 << 20
"""The risk of a piece: no part of personal data; a number of one or two digits; a longer one; a word or sign that
announces a name, an address on the net or a number plate. A text's risk is the sum of its pieces': a personal number
takes eight digits, or a plate's three, so one long number or four short ones."""

_MASKED = re.compile(r"\W*\[[a-z]+\]\W*")
_ANNOUNCES = re.compile(r"@|://|www\.|\bnama|kenalkan|nopol|^\W*(?:no\.)?pol\b|\bplat|\ba[./]|^\W*a$")
_FEW_DIGITS = re.compile(r"[^\dA-Za-z]*\d{1,2}[^\dA-Za-z]*")


class Piece(NamedTuple):
    """Its words, lower-case, unstemmed and expanded, and its risk."""

    words: tuple[str, ...]
    risk: int


def risk_of(piece: str) -> int:
    """How near a piece of text is to personal data.

    >>> [risk_of(piece) for piece in ("jalan", "(3)", "0812-3456", "Nama:", "[telepon]")] == [
    ...     PLAIN, FEW_DIGITS, DIGITS, ANNOUNCES, PLAIN
    ... ]
    True
    """
    if _ANNOUNCES.search(piece.lower()) and not _MASKED.fullmatch(piece):
        return ANNOUNCES
    if not any(map(str.isdigit, piece)):
        return PLAIN
    return FEW_DIGITS if _FEW_DIGITS.fullmatch(piece) else DIGITS


def read_piece(piece: str, expansions: Mapping[str, tuple[str, ...]]) -> Piece:
    """A piece of a repaired text, read for the first time."""
    return Piece(tuple(expand(tokens(piece), expansions)), risk_of(piece))


def may_be_personal(text: str, risk: int) -> bool:
    """Whether a text of such a risk can hold personal data; False is certain."""
    return risk >= ANNOUNCES or (risk >= DIGITS and may_hold_number(text))


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
