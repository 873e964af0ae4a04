"""The corpus: schema, labels, no near-duplicates, and the coverage that the model rests on."""

from pathlib import Path

import pandas as pd
import pytest

from model.city import City
from model.privacy import mask
from training.corpus import CORPUS, content_hash, read_corpus
from training.duplicates import near_duplicates
from training.errors import DataError

EVERYDAY = ("infrastruktur", "lingkungan", "sosial", "perhubungan", "penerangan_jalan", "kesehatan", "kependudukan")
PLAIN = ("wa", "polos", "formulir", "app", "sms", "surat")


def test_one_file_a_sector(city: City) -> None:
    for path in CORPUS.glob("*.csv"):
        assert set(pd.read_csv(path, dtype=str)["sector"]) == {path.stem}
    assert {path.stem for path in CORPUS.glob("*.csv")} == set(city.labels["sector"])


def test_no_two_messages_are_nearly_the_same(corpus: pd.DataFrame) -> None:
    texts = corpus["text"].tolist()
    assert [(texts[i], texts[j]) for i, j, _ in near_duplicates(texts, above=0.8)] == []


def test_coverage(corpus: pd.DataFrame) -> None:
    assert len(corpus) >= 8000
    sectors, urgencies, kinds = (corpus[column].value_counts() for column in ("sector", "urgency", "kind"))
    assert sectors.min() >= 150
    assert all(sectors[sector] >= 450 for sector in EVERYDAY)
    assert urgencies["darurat"] >= 400
    assert urgencies["tinggi"] >= 1200
    assert urgencies["rendah"] >= 900
    assert kinds["permintaan_informasi"] >= 700
    assert kinds["aspirasi"] >= 1000
    assert corpus["register"].isin(PLAIN).mean() >= 2 / 3


def test_lengths_as_in_life(corpus: pd.DataFrame) -> None:
    words = corpus["text"].str.split().str.len()
    assert (words < 8).mean() >= 0.07
    assert (words >= 35).mean() >= 0.3
    assert (words > 100).mean() >= 0.05


def test_no_personal_numbers(corpus: pd.DataFrame) -> None:
    for text in corpus["text"]:
        masked = mask(text)
        assert not any(tag in masked and tag not in text for tag in ("[nik]", "[telepon]", "[email]")), text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("sedang", "biasa", "row 2, column urgency: unknown label 'biasa'"), ("text,", "teks,", "expected text, sector")],
)
def test_a_mistake_is_named(tmp_path: Path, city: City, old: str, new: str, message: str) -> None:
    rows = "text,sector,urgency,kind,register,batch\nlampu mati,penerangan_jalan,sedang,pengaduan,wa,x\n"
    (tmp_path / "penerangan_jalan.csv").write_text(rows.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_corpus(city, tmp_path)


def test_the_hash_is_of_the_rows_alone(corpus: pd.DataFrame) -> None:
    assert content_hash(corpus) == content_hash(corpus[corpus.columns[::-1]])
    assert content_hash(corpus) != content_hash(corpus.iloc[1:])
