"""Raw text to words."""

import pytest

from model.text import MAX_WORD_CHARS, MAX_WORDS, repair, tokens, words_of


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("jalan rusak â€“ tolong", "jalan rusak – tolong"),
        ("𝗕𝗮𝗻𝗷𝗶𝗿 ｐａｒａｈ", "Banjir parah"),
        ("lam\u200bpu ma\u00adti", "lampu mati"),
        ("biasa saja", "biasa saja"),
    ],
)
def test_repair(raw: str, mended: str) -> None:
    assert repair(raw) == mended


def test_tokens_fold_case_numbers_and_stretched_words() -> None:
    assert tokens("Tolooooong!! lampu2 di RT.02/RW.5 MATI") == [
        "tolong",
        "lampu",
        "0",
        "di",
        "rt",
        "0",
        "rw",
        "0",
        "mati",
    ]


def test_placeholders_stay_whole() -> None:
    assert words_of("hub. 0812-3456-7890 ya", {}) == ["hub", "[telepon]", "ya"]


def test_expansion_uses_the_lexicon() -> None:
    assert words_of("jln rsk, suwun", {"jln": ("jalan",), "rsk": ("rusak",), "suwun": ("terima", "kasih")}) == [
        "jalan",
        "rusak",
        "terima",
        "kasih",
    ]


@pytest.mark.parametrize(
    "crafted", ["a" * 100_000, "-" * 100_000, "ab " * 100_000, "\u200b" * 50_000, "ñ" * 50_000, ""]
)
def test_crafted_text_is_bounded(crafted: str) -> None:
    words = words_of(crafted, {})
    assert len(words) <= MAX_WORDS
    assert all(len(word) <= MAX_WORD_CHARS for word in words)
