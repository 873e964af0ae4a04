"""The batch path answers as the single path does."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import batch
from model.batch import Labeller
from model.classifier import Classifier

EDGES = [
    "",
    "   ",
    "!!! 123",
    "a. n. Budi Santoso belum dapat bantuan",
    "hub 0812 3456 7890 atau a / n Siti",
    "motor L 1234 AB dan l 123 ab parkir",
    "NAMA : Slamet\nALAMAT : gang 3",
    "jalan rusak " * 400,
    " ".join(f"{a}{b}{c}kan" for a in "bcdfghjk" for b in "aiueo" for c in "mnprstlkbdg"),
    "a,b,c,d" * 200,
    "lampu jalan mati â€“ gelap 🙏",
    "kebakaran di pasar tolong cepat",
    "setengah emoji \ud83d di jalan",
]


def check(classifier: Classifier, labeller: Labeller, texts: list[str]) -> None:
    labelled = labeller.label(texts)
    for i, text in enumerate(texts):
        prediction = classifier.predict(text)
        assert labelled.needs_review[i] == prediction.needs_review, text
        for question, labels in labelled.questions.items():
            answer = getattr(prediction, question)
            assert labels.keys[i] == answer.key, text
            assert labels.scores[i] == pytest.approx(answer.score, abs=1.01e-4), text


def test_the_corpus(tiny_classifier: Classifier, corpus: pd.DataFrame) -> None:
    check(tiny_classifier, Labeller(tiny_classifier), corpus["text"].iloc[::5].tolist())


def test_edges(tiny_classifier: Classifier) -> None:
    check(tiny_classifier, Labeller(tiny_classifier), EDGES)


def test_the_memo_may_start_anew(
    tiny_classifier: Classifier, corpus: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MEMO_PIECES", 50)
    monkeypatch.setattr(batch, "BLOCK", 16)
    check(tiny_classifier, Labeller(tiny_classifier), corpus["text"].iloc[::40].tolist())


@settings(max_examples=80, deadline=None)
@given(texts=st.lists(st.text(alphabet=st.sampled_from("anampokbri ./@0123456789LB🙏é\n"), max_size=80), max_size=5))
def test_fuzzed_text(tiny_classifier: Classifier, texts: list[str]) -> None:
    check(tiny_classifier, Labeller(tiny_classifier), texts)
