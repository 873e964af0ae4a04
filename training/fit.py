"""Rows to a trained model: features, one linear head a question, calibration, thresholds, compiled scorer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from model.artifact import Language
from model.features import Document, Vectorizers, fit_vectorizers
from model.heads import Head
from model.scorer import ScorerTables, fold_words
from training.calibrate import calibrate, review_thresholds

FOLDS = 5


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """How one head is trained: inverse regularisation ``c`` and scikit-learn's ``class_weight``."""

    c: float
    class_weight: str | None


SETTINGS = {
    "sector": HeadSettings(c=0.02, class_weight="balanced"),
    "urgency": HeadSettings(c=0.01, class_weight="balanced"),
    "kind": HeadSettings(c=0.01, class_weight=None),
}


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model before it is saved.

    ``out_of_fold``: for each question the decision scores of every training row by a model that did not see its
    batch, shape ``(rows, labels)``.
    """

    heads: dict[str, Head]
    tables: ScorerTables
    language: Language
    pipeline: dict[str, Any]
    out_of_fold: dict[str, NDArray[np.float64]]


def fit(frame: pd.DataFrame, labels: Mapping[str, Sequence[str]], language: Language) -> Fitted:
    """Train on the rows of ``frame``: ``text``, ``batch`` and one column a question of ``labels``.

    ``labels`` gives each question's keys in the order of the score columns; keys without a row are left out.
    ``language`` comes without stems; the fitted one has the stems of every word seen.
    """
    documents = read_documents(frame["text"].tolist(), language)
    vectorizers = fit_vectorizers(documents)
    matrix = vectorizers.transform(documents)
    heads: dict[str, Head] = {}
    linear: dict[str, LinearSVC] = {}
    held: dict[str, NDArray[np.float64]] = {}
    for question, all_keys in labels.items():
        answers = frame[question].to_numpy()
        keys = tuple(key for key in all_keys if key in set(answers))
        settings = SETTINGS[question]
        held[question] = out_of_fold(matrix, answers, frame["batch"].to_numpy(), keys, settings)
        wanted = np.array([keys.index(answer) for answer in answers])
        sharpness, shifts = calibrate(held[question], wanted)
        head = Head(keys, sharpness, shifts, thresholds=(0.0,) * len(keys))
        thresholds = review_thresholds(head.probabilities(held[question]), wanted)
        heads[question] = Head(keys, sharpness, shifts, thresholds)
        linear[question] = new_linear(settings).fit(matrix, answers)
    stems = {word: stem for d in documents for word, stem in zip(d.words, d.stems, strict=True)}
    tables = fold_words(compile_tables(vectorizers, linear, heads), stems)
    fitted = Language(language.expansions, language.protected, dict(sorted(stems.items())), language.danger)
    pipeline = {"stems": vectorizers.stems, "characters": vectorizers.characters, "heads": linear}
    return Fitted(heads, tables, fitted, pipeline, held)


def read_documents(texts: Sequence[str], language: Language) -> list[Document]:
    """Texts as words and stems."""
    stemmer = language.stemmer()
    words = [language.words_of(text) for text in texts]
    return [Document(found, stemmer.stems(found)) for found in words]


def new_linear(settings: HeadSettings) -> LinearSVC:
    """An untrained linear head: one against the rest, squared hinge loss."""
    return LinearSVC(C=settings.c, class_weight=settings.class_weight, random_state=0)


def decision_scores(linear: LinearSVC, matrix: sp.csr_matrix, keys: Sequence[str]) -> NDArray[np.float64]:
    """Decision scores with one column a key, also where scikit-learn gives one column for two classes."""
    scores = linear.decision_function(matrix)
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    column = {key: i for i, key in enumerate(linear.classes_)}
    lowest = np.full(len(scores), -2.0)
    return np.column_stack([scores[:, column[key]] if key in column else lowest for key in keys])


def out_of_fold(
    matrix: sp.csr_matrix,
    answers: NDArray[Any],
    batches: NDArray[Any],
    keys: Sequence[str],
    settings: HeadSettings,
) -> NDArray[np.float64]:
    """Scores of each row by a head that saw no row of the same batch, shape ``(rows, keys)``."""
    splits = list(GroupKFold(n_splits=min(FOLDS, len(set(batches)))).split(matrix, answers, batches))

    def scores_of(train: NDArray[np.int64], test: NDArray[np.int64]) -> NDArray[np.float64]:
        linear = new_linear(settings).fit(matrix[train], answers[train])
        return decision_scores(linear, matrix[test], keys)

    found = Parallel(n_jobs=-1)(delayed(scores_of)(train, test) for train, test in splits)
    held = np.empty((len(answers), len(keys)))
    for (_, test), scores in zip(splits, found, strict=True):
        held[test] = scores
    return held


def compile_tables(
    vectorizers: Vectorizers, linear: Mapping[str, LinearSVC], heads: Mapping[str, Head]
) -> ScorerTables:
    """Coefficients times inverse document frequencies, one row a stem and one a character n-gram."""
    coefficients, intercepts = [], []
    for question, head in heads.items():
        svc = linear[question]
        signs = (-1.0, 1.0) if len(svc.classes_) == 2 else (1.0,) * len(head.keys)
        for key in head.keys:
            column = list(svc.classes_).index(key)
            row = 0 if len(svc.classes_) == 2 else column
            coefficients.append(signs[column] * svc.coef_[row])
            intercepts.append(signs[column] * svc.intercept_[row])
    rows = np.array(coefficients).T
    stems = vectorizers.stems.get_feature_names_out().tolist()
    ngrams = vectorizers.characters.get_feature_names_out().tolist()
    return ScorerTables(
        stems=stems,
        stem_rows=(rows[: len(stems)] * vectorizers.stems.idf_[:, None]).astype(np.float32),
        ngrams=ngrams,
        ngram_rows=(rows[len(stems) :] * vectorizers.characters.idf_[:, None]).astype(np.float32),
        words=[],
        word_rows=np.empty((0, rows.shape[1]), dtype=np.float32),
        intercepts=np.array(intercepts),
    )
