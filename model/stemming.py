"""Sastrawi stems, each distinct word once.

Two distributions share the import name ``Sastrawi``; this project needs PySastrawi, whose dictionary is a set.
``stem_word`` builds regular expressions from its argument, so only plain ``a-z`` words of bounded length
(model.text) ever reach it.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
from Sastrawi.Stemmer.Stemmer import Stemmer
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

MEMO_WORDS = 200_000
"""Entries of the memo; about 30 MB. Past that it is emptied of what was not there at the start."""

NEW_WORDS = 300
"""Distinct words of one text, unknown to the model, that are stemmed: crafted ones cost up to 0.35 ms each,
and no real complaint has as many."""


class WordStemmer:
    """Stem words through a bounded memo that a saved model brings along.

    >>> stemmer = WordStemmer(protected={"kebakaran"})
    >>> stemmer.stem("diperbaiki"), stemmer.stem("kebakaran")
    ('baik', 'kebakaran')
    """

    def __init__(self, protected: Iterable[str] = (), known: Mapping[str, str] | None = None) -> None:
        self._base = dict(known or {}) | {word: word for word in protected}
        self._memo = dict(self._base)

    @cached_property
    def _sastrawi(self) -> Stemmer:
        """Sastrawi's stemmer without its own cache, which grows without bound."""
        return Stemmer(ArrayDictionary(StemmerFactory().get_words()))

    def stems(self, words: Iterable[str]) -> list[str]:
        """The stems of one text's words; placeholders, numbers and words past ``NEW_WORDS`` stay as they are."""
        stems = []
        new: set[str] = set()
        for word in words:
            stem = self._base.get(word)
            if stem is None:
                new.add(word)
                stem = self.stem(word) if len(new) <= NEW_WORDS else word
            stems.append(stem)
        return stems

    def stem(self, word: str) -> str:
        """The stem of one lower-case word of letters; anything else as it is."""
        stem = self._memo.get(word)
        if stem is None:
            if len(self._memo) >= MEMO_WORDS:
                self._memo = dict(self._base)
            plain = word.isascii() and word.isalpha() and len(word) > 3
            stem = self._memo[word] = self._sastrawi.stem_word(word) if plain else word
        return stem
