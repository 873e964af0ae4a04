"""Raw text to words: the first steps that training and serving share.

    repair      broken encoding, look-alike letters, invisible characters
    mask        personal data (model.privacy)
    lower, cut  case, runs of one letter, tokens
    expand      abbreviations, slang and Javanese to standard Indonesian (data/lexicon)

The outcome is a list of lower-case *unstemmed* words. Stems (model.stemming) and danger rules (model.danger)
both start from it.
"""

import re
import unicodedata
from collections.abc import Mapping

import ftfy

from model.memo import Memo
from model.privacy import mask

MAX_CHARS = 20_000
"""Characters of a message that are read; the longest of 10,640 real complaints has 6,400."""

MAX_WORDS = 1_000
"""Words of a message that are read: bounds the stemming of crafted input to about 0.1 s."""

MAX_WORD_CHARS = 32
"""Letters of a word that are read; the longest word of the Indonesian dictionary in Sastrawi has 28."""

_STRANGE = re.compile(r"[^\x00-\x7f]+")
_BROKEN = re.compile("[ÂÃâÅðï\ufffd\u0080-\u009f]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufe0f\ud800-\udfff]")
_RUN = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"\[[a-z]+\]|[a-z]+|\d+")


def repair(text: str) -> str:
    """Mend mojibake, fold look-alike letters (NFKC), drop invisible characters and halves of surrogate pairs.

    >>> repair("jalan rusak â€“ tolong diperbaiki")
    'jalan rusak – tolong diperbaiki'
    """
    text = text[:MAX_CHARS]
    if text.isascii():
        return text
    return _STRANGE.sub(lambda run: _MENDED[run.group()], text)


def _mend(run: str) -> str:
    """One run of characters beyond ASCII; mojibake is always such a run."""
    if _BROKEN.search(run):
        run = ftfy.fix_text(run)
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", run))


_MENDED = Memo(_mend, limit=10_000)


def tokens(text: str) -> list[str]:
    """Lower-case tokens of a repaired and masked text, numbers as ``0``.

    >>> tokens("TOLOOONG lampu2 di Gg. 3 mati")
    ['tolong', 'lampu', '0', 'di', 'gg', '0', 'mati']
    """
    lowered = _RUN.sub(r"\1", text.lower())
    found = _TOKEN.findall(lowered)[:MAX_WORDS]
    return ["0" if token.isdigit() else token[:MAX_WORD_CHARS] for token in found]


def expand(found: list[str], lexicon: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Replace each token that the lexicon knows by its standard words.

    >>> expand(["yg", "blm", "jalan"], {"yg": ("yang",), "blm": ("belum",)})
    ['yang', 'belum', 'jalan']
    """
    words: list[str] = []
    for token in found:
        words.extend(lexicon.get(token, (token,)))
    return words[:MAX_WORDS]


def words_of(text: str, lexicon: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The unstemmed standard words of a raw message: repair, mask, tokens, expand.

    >>> words_of("Jln RUSAK, hub 0812-3456-7890", {"jln": ("jalan",)})
    ['jalan', 'rusak', 'hub', '[telepon]']
    """
    return expand(tokens(mask(repair(text))), lexicon)
