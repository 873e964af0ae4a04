"""Phrases of a message's words, as routing rules write them."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from model.text import expand, tokens

PLAIN = re.compile(r"[a-z0]+\*?(?: [a-z0]+\*?)*")
"""What a phrase may be: lower-case words with single spaces, numbers as ``0``, ``*`` at the end of a word."""


@lru_cache(maxsize=1000)
def pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """One expression that finds any of the phrases between whole words.

    >>> bool(pattern(("pajak motor", "sertif*")).search("urus sertifikat"))
    True
    >>> bool(pattern(("sim",)).search("simpang lima"))
    False
    """
    parts = "|".join(phrase.replace("*", "[a-z]*") for phrase in phrases)
    return re.compile(rf"(?<![a-z0])(?:{parts})(?![a-z0])")


def as_read(phrase: str, expansions: Mapping[str, tuple[str, ...]]) -> list[str]:
    """A phrase's words as messages hold them after their first steps; beginnings of words stay as they are.

    >>> as_read("sk pppk jln*", {"sk": ("surat", "keputusan")})
    ['surat', 'keputusan', 'pk', 'jln*']
    """
    words: list[str] = []
    for word in phrase.split():
        words += [word] if word.endswith("*") else expand(tokens(word), expansions)
    return words


def spoken(words: Iterable[str]) -> str:
    """The words of a message in the form that ``pattern`` searches."""
    return " ".join(words)
