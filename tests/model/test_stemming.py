"""Stems: bounded, deterministic, meaning kept."""

import pytest

from model import stemming
from model.artifact import Language
from model.stemming import NEW_WORDS, WordStemmer


def test_protected_words_keep_their_form(language: Language) -> None:
    stemmer = language.stemmer()
    assert stemmer.stem("kebakaran") == "kebakaran"
    assert stemmer.stem("kependudukan") == "kependudukan"
    assert stemmer.stem("memperlihatkan") == "lihat"


def test_memo_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stemming, "MEMO_WORDS", 50)
    stemmer = WordStemmer()
    for i in range(200):
        stemmer.stem("x" + "abcdefghij"[i % 10] + "klmnopqrst"[i // 10 % 10] + "uv"[i // 100])
    assert len(stemmer._memo) <= 50


def test_a_text_may_bring_only_so_many_new_words() -> None:
    words = [f"{a}{b}{c}kan" for a in "bcdfghjk" for b in "aiueo" for c in "mnprstlk"]
    stemmer = WordStemmer()
    first = stemmer.stems(words)
    assert first[NEW_WORDS:] == words[NEW_WORDS:]
    assert stemmer.stems(words) == first


@pytest.mark.parametrize("word", ["[telepon]", "0", "a", "(((", "ab*", "a-b-c"])
def test_what_is_no_word_stays(word: str) -> None:
    assert WordStemmer().stem(word) == word
