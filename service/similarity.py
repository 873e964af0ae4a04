"""How alike two messages are: the words they share, the rarer the more they count. Pure."""

import math
from collections import Counter
from collections.abc import Collection, Sequence

LIKELY = 0.35
"""From here on a pair is worth a look; see the tests for messages on both sides."""

_COMMON = frozenset(
    "yang di ke dan dari ini itu ada tidak sudah belum saya kami kita mohon tolong untuk dengan pada akan juga bapak "
    "ibu pak bu min admin karena agar bisa sekali sangat terima kasih selamat pagi siang sore malam yth".split()
)


def content(words: Sequence[str]) -> frozenset[str]:
    """The words of a message that say what it is about.

    >>> sorted(content("mohon lampu jalan di gang melati mati".split()))
    ['gang', 'jalan', 'lampu', 'mati', 'melati']
    """
    return frozenset(word for word in words if len(word) > 2 and word not in _COMMON and not word.startswith("["))


def weights(messages: Collection[frozenset[str]]) -> dict[str, float]:
    """How much each word counts among these messages: a word of one message most, a word of all least."""
    seen = Counter(word for message in messages for word in message)
    return {word: math.log(1 + len(messages) / count) for word, count in seen.items()}


def likeness(first: frozenset[str], second: frozenset[str], weight: dict[str, float]) -> float:
    """The weight of the shared words by the weight of all, 0 to 1.

    >>> likeness(frozenset({"lampu", "mati"}), frozenset({"lampu", "mati"}), {"lampu": 1.0, "mati": 1.0})
    1.0
    """
    every = sum(weight[word] for word in first | second)
    return sum(weight[word] for word in first & second) / every if every else 0.0
