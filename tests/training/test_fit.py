"""Training: any subset of answers, weights, settings to choose from, the same outcome each time."""

import numpy as np
import pandas as pd
import pytest

from model.artifact import Language
from model.scorer import Scorer
from training.errors import DataError
from training.fit import Fitted, HeadSettings, fit, held_rows

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


def test_the_better_settings_win(language: Language) -> None:
    grid = {"sector": [HeadSettings(c=1e-9, class_weight=None), HeadSettings(c=10.0, class_weight=None)]}
    frame = pd.concat([rows(8), rows(8).query("sector == 'lingkungan'")], ignore_index=True)
    assert fit(frame, {"sector": SECTORS}, language, grid).settings["sector"].c == 10.0


def test_the_same_rows_give_the_same_numbers(language: Language) -> None:
    one, other = (fit(rows(), {"sector": SECTORS}, language).tables for _ in range(2))
    assert np.array_equal(one.word_rows, other.word_rows)
    assert one.words == other.words
