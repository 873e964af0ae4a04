"""Training: any subset of answers, weights, settings to choose from, the same outcome each time."""

import numpy as np
import pandas as pd
import pytest

from model.artifact import Language
from model.features import Vectorizers, fit_vectorizers
from model.scorer import Scorer
from training.errors import DataError
from training.fit import GAIN, GRID, Fitted, HeadSettings, Learner, fit, held_rows, quality, read_documents

SECTORS = ["lingkungan", "penerangan_jalan"]


def rows(times: int = 6) -> pd.DataFrame:
    texts = {"lampu jalan mati gelap": "penerangan_jalan", "sampah menumpuk bau": "lingkungan"}
    made = [(f"{text} {'tolong ' * i}", label, f"{i}") for i in range(times) for text, label in texts.items()]
    return pd.DataFrame(made, columns=["text", "sector", "batch"])


def first_choice(fitted: Fitted, text: str) -> str:
    scorer = Scorer(fitted.tables, fitted.language.stemmer())
    scores = scorer.sum(scorer.rows(text.split()))
    return fitted.heads["sector"].keys[int(scores.argmax())]


def test_rows_without_an_answer_are_left_out_of_that_question(language: Language) -> None:
    frame = rows()
    frame["kind"] = ["pengaduan", "aspirasi"] * 6
    frame.loc[3, "sector"] = frame.loc[4, "kind"] = ""
    fitted = fit(frame, {"sector": SECTORS, "kind": ["pengaduan", "aspirasi"]}, language)
    assert 3 not in held_rows(fitted.out_of_fold["sector"])
    assert 4 not in held_rows(fitted.out_of_fold["kind"])
    assert len(held_rows(fitted.out_of_fold["sector"])) == len(frame) - 1


def test_a_heavy_row_pulls_harder(language: Language) -> None:
    right = rows()
    wrong = right.assign(sector=right["sector"].map(dict(zip(SECTORS, SECTORS[::-1], strict=True))))
    frame = pd.concat([right, wrong], ignore_index=True)
    weights = [5.0] * len(right) + [1.0] * len(wrong)
    for weight, wanted in ((weights, "lingkungan"), (weights[::-1], "penerangan_jalan")):
        fitted = fit(frame.assign(weight=weight), {"sector": SECTORS}, language)
        assert first_choice(fitted, "sampah menumpuk bau") == wanted


def test_one_label_is_refused(language: Language) -> None:
    with pytest.raises(DataError, match="column sector: 1 label"):
        fit(rows().assign(sector="lingkungan"), {"sector": SECTORS}, language)


def test_the_better_settings_win() -> None:
    answers = np.array(["lingkungan", "penerangan_jalan", "lingkungan", ""])
    unanswered = [np.nan, np.nan]
    right = np.array([[1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], unanswered])
    blind = np.array([[1.0, -1.0], [1.0, -1.0], [1.0, -1.0], unanswered])
    assert quality(right, answers, SECTORS) == 1.0
    assert quality(blind, answers, SECTORS) < 0.6


def test_knowledge_of_other_labels_folds_into_the_features(corpus: pd.DataFrame, language: Language) -> None:
    frame = corpus.groupby("sector").head(12).reset_index(drop=True)
    frame["known"] = frame["sector"].where(frame.index % 2 == 0, "")
    frame["sector"] = frame["sector"].str[0].where(frame.index % 2 == 1, "")
    letters = sorted(set(frame["sector"]) - {""})
    fitted = fit(frame, {"sector": letters}, language, {"sector": GRID}, "known")
    assert fitted.settings["sector"] in GRID
    scorer = Scorer(fitted.tables, fitted.language.stemmer())
    words = [language.words_of(text) for text in frame["text"].head(40)]
    compiled = np.array([scorer.sum(scorer.rows(found)) for found in words])
    pipeline = fitted.pipeline
    matrix = Vectorizers(*(pipeline[part] for part in ("stems", "characters"))).transform(
        read_documents(frame["text"].head(40).tolist(), language)
    )
    assert np.abs(compiled - pipeline["heads"]["sector"].decision_function(matrix)).max() < 1e-4


def test_the_same_rows_give_the_same_numbers(language: Language) -> None:
    one, other = (fit(rows(), {"sector": SECTORS}, language).tables for _ in range(2))
    assert np.array_equal(one.word_rows, other.word_rows)
    assert one.words == other.words


def test_an_archive_that_adds_nothing_is_left_out(language: Language) -> None:
    plain = fit(rows(), {"sector": SECTORS}, language)
    assert plain.archive_gain == {}
    told = fit(rows(), {"sector": SECTORS}, language, archive=["lampu jalan padam", "sampah berserakan"])
    assert told.archive_gain["sector"] < GAIN
    assert np.array_equal(told.tables.word_rows, plain.tables.word_rows)


def test_an_archive_that_adds_something_is_used(language: Language) -> None:
    frame = pd.DataFrame({"text": ["lampu mati", "sampah bau"] * 4, "sector": SECTORS[::-1] * 4})
    documents = read_documents([*frame["text"], *["lampu padam gelap"] * 9, *["sampah busuk"] * 9], language)
    vectorizers, _ = fit_vectorizers(documents)
    labelled, archive = vectorizers.transform(documents[:8]), vectorizers.transform(documents[8:])
    answers, weights = frame["sector"].to_numpy(), np.ones(8)
    settings = HeadSettings(c=10.0, class_weight=None)
    alone = Learner().fit(settings, labelled, answers, weights)
    taught = Learner(archive=archive).fit(settings, labelled, answers, weights)
    dark = vectorizers.transform(read_documents(["padam gelap"], language))
    assert taught.decision_function(dark)[0] > alone.decision_function(dark)[0]
    assert taught.classes_[1] == "penerangan_jalan"


def test_a_word_of_few_rows_is_in_the_model_nowhere(language: Language) -> None:
    frame = rows()
    frame.loc[0, "text"] += " kata wijayakusumo"
    fitted = fit(frame, {"sector": SECTORS}, language, least=3)
    assert "wijayakusumo" not in {*fitted.tables.words, *fitted.tables.stems, *fitted.language.stems}
    assert "wijayakusumo" not in fitted.pipeline["stems"].vocabulary_
    assert "lampu" in fitted.tables.words
