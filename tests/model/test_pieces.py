"""Reading piece by piece gives the words that the plain steps give, whatever personal data the text holds."""

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model.artifact import Language
from model.pieces import Reader
from model.text import words_of

EXPANSIONS = {"yg": ("yang",), "hp": ("nomor", "telepon")}
PARTS = [
    "0812", "3456", "7890", "-", "+62", "(0285)", "nama", "Nama:", "saya", "Siti", "a.n", "a", "/", "n", ".", "G", "g",
    "1234", "AB", "ab", "hp", "yg", "rt", "02", "3", "@", "budi@contoh.id", "www.x.id", "no", "pol", "plat", "é", "\n",
    "tolooong", "lampu2", "PJU,", "\u00a0", "â€“", "🙏", "[nik]", "x[nama]",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from([" ", "", "  ", "\t"])), max_size=14))
@example([("0812", " "), ("3456", " "), ("7890", "")])
@example([("G", " "), ("1234", " "), ("AB", "")])
@example([("a", " "), (".", " "), ("n", " "), ("Siti", "")])
def test_fuzzed_text(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + blank for word, blank in parts)
    assert Reader(EXPANSIONS).words(text) == words_of(text, EXPANSIONS), text


def test_the_corpus(corpus: pd.DataFrame, language: Language) -> None:
    reader = Reader(language.expansions)
    for text in corpus["text"].iloc[::5]:
        assert reader.words(text) == language.words_of(text), text


@pytest.mark.parametrize("text", ["", " ", "jalan " * 3000, "a1" * 9000, "x" * 30_000])
def test_edges(text: str) -> None:
    assert Reader(EXPANSIONS).words(text) == words_of(text, EXPANSIONS)
