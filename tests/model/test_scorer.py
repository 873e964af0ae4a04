"""The compiled scorer says what the trained pipeline says."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.features import Document, Vectorizers
from model.scorer import Scorer, character_ngrams
from model.stemming import NEW_WORDS
from training.fit import Fitted, decision_scores, read_documents


@pytest.fixture(scope="module")
def scorer(fitted: Fitted) -> Scorer:
    return Scorer(fitted.tables, fitted.language.stemmer())


def pipeline_scores(fitted: Fitted, documents: list[Document]) -> NDArray[np.float64]:
    """The decision functions of the scikit-learn heads, side by side."""
    vectorizers = Vectorizers(**{name: fitted.pipeline[name] for name in ("stems", "characters")})
    matrix = vectorizers.transform(documents)
    return np.hstack([decision_scores(fitted.pipeline["heads"][q], matrix, h.keys) for q, h in fitted.heads.items()])


def check(fitted: Fitted, scorer: Scorer, texts: list[str]) -> None:
    documents = read_documents(texts, fitted.language)
    mine = np.array([scorer.sum(scorer.rows(d.words)) for d in documents])
    np.testing.assert_allclose(mine, pipeline_scores(fitted, documents), atol=1e-5)


def test_equal_on_the_corpus(fitted: Fitted, scorer: Scorer, corpus: pd.DataFrame) -> None:
    check(fitted, scorer, corpus["text"].iloc[::7].tolist())


def test_equal_on_edges(fitted: Fitted, scorer: Scorer) -> None:
    new = " ".join(f"{a}{b}{c}{d}" for a in "bcdfg" for b in "aiueo" for c in "mnprst" for d in "aiueo")
    assert len(set(new.split())) > NEW_WORDS
    check(fitted, scorer, ["", " ", "!!!", "qqq www", "x", new, new, "jalan rusak " * 5000, "0812-3456-7890", "🙏🙏"])


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("abcdefghijklmnopqrstuvwxyz ñé🙏0123456789.,-@"), max_size=300))
def test_equal_on_fuzzed_text(fitted: Fitted, scorer: Scorer, text: str) -> None:
    check(fitted, scorer, [text])


@given(word=st.text(alphabet="abcdefghij[]0", min_size=1, max_size=20))
def test_character_ngrams_are_those_of_scikit_learn(fitted: Fitted, word: str) -> None:
    analyze = fitted.pipeline["characters"].build_analyzer()
    assert character_ngrams(word) == list(analyze(word))
