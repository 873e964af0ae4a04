"""Rows to a trained model: features, one linear head a question, calibration, thresholds, compiled scorer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC
from tqdm import tqdm

from model.artifact import Language
from model.features import CHARACTER_WEIGHT, Document, Vectorizers, fit_vectorizers
from model.heads import Head
from model.scorer import ScorerTables, fold_words
from training.calibrate import PRESSING_FROM, calibrate, cautious, review_thresholds
from training.errors import DataError
from training.splits import Split, splits


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """How one head is trained: inverse regularisation ``c`` and scikit-learn's ``class_weight``."""

    c: float
    class_weight: str | None


SETTINGS = {
    "sector": HeadSettings(c=0.25, class_weight="balanced"),
    "urgency": HeadSettings(c=0.15, class_weight=None),
    "kind": HeadSettings(c=0.08, class_weight=None),
}


GRID = [HeadSettings(c, "balanced") for c in (0.2, 0.4, 0.8, 1.6)]
"""What is searched for labels that ``SETTINGS`` were not made for."""

KNOWLEDGE_SCALE = 0.07
"""How much the scores of other labels count as features of new ones."""


_LIBLINEAR = Lock()

ARCHIVE_WEIGHT = 0.3
"""How much a message counts that the model labelled itself (self-training, Yarowsky 1995), where one label alone has
a positive score."""

GAIN = 0.002
"""What the archive must add to the quality of held-back rows, or it is left out."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A linear model of other labels, whose scores help to learn new ones.

    ``coef`` has shape ``(labels, features)``, ``intercept`` ``(labels,)``. The scores are linear in the features, so
    a head that has learned from them folds back into one row of coefficients a label.
    """

    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model before it is saved.

    ``out_of_fold``: for each question the decision scores of the training rows by models that saw neither a row of
    the same batch nor, where dates are given, one of its future; shape ``(rows, labels)``, NaN where a row has no
    answer or was never held back. ``settings``: those that were used. ``archive_gain``:
    what an unlabelled archive added to ``quality``; below ``GAIN`` the archive was left out. ``words``: of each row;
    ``least``: how many rows a word is in that the model knows by name.
    """

    heads: dict[str, Head]
    tables: ScorerTables
    language: Language
    pipeline: dict[str, Any]
    out_of_fold: dict[str, NDArray[np.float64]]
    settings: dict[str, HeadSettings]
    archive_gain: dict[str, float]
    words: list[list[str]]
    least: int


def fit(
    frame: pd.DataFrame,
    labels: Mapping[str, Sequence[str]],
    language: Language,
    grid: Mapping[str, Sequence[HeadSettings]] | None = None,
    knowledge: str | None = None,
    archive: Sequence[str] = (),
    least: int = 1,
) -> Fitted:
    """Train on the rows of ``frame``: ``text``, ``batch`` and one column a question of ``labels``.

    An empty answer leaves the row out of that question. The columns ``weight`` (a number a row), ``received`` (ISO
    date or empty) and ``twin`` (a number that near-duplicates share) may be there. ``labels`` gives each question's
    keys in the order of the score columns; keys without a row are left out. ``least``: how many rows a word must be in
    to stand in the model by name, which in citizens' messages may be a person's. ``language`` comes without stems; the
    fitted one has the stems of those words. ``grid``: settings to choose from, for the questions where
    ``SETTINGS`` are not to be used. ``knowledge``: a column with labels that are not learned for themselves but
    help the questions of ``grid`` (rows may leave it empty). ``archive``: messages without labels, for
    self-training where held-back rows gain by it.

    Raises
    ------
    DataError
        The rows of a question have fewer than two labels, or all come from one batch.
    """
    documents = read_documents(frame["text"].tolist(), language)
    vectorizers, matrix = fit_vectorizers(documents, least)
    weights = frame["weight"].to_numpy(float) if "weight" in frame else np.ones(len(frame))
    dates = frame["received"].tolist() if "received" in frame else None
    twins = frame["twin"].tolist() if "twin" in frame else None
    folds = splits(pd.factorize(frame["batch"])[0].tolist(), dates, twins)
    known = learn_knowledge(matrix, frame[knowledge].to_numpy()) if knowledge else None
    heads: dict[str, Head] = {}
    linear: dict[str, LinearSVC] = {}
    held: dict[str, NDArray[np.float64]] = {}
    chosen: dict[str, HeadSettings] = {}
    gains: dict[str, float] = {}
    unlabelled = vectorizers.transform(read_documents(archive, language)) if archive else None
    for question, all_keys in labels.items():
        answers = frame[question].to_numpy()
        keys = tuple(key for key in all_keys if key in set(answers))
        tried = (grid or {}).get(question, [SETTINGS[question]])
        if len(keys) < 2 or not folds:
            raise DataError(f"column {question}: {len(keys)} label(s) in {len(folds)} splits; nothing can be learned")
        learner = Learner(known if question in (grid or {}) else None)
        scores = out_of_fold(matrix, answers, weights, folds, keys, tried, learner)
        best = max(range(len(tried)), key=lambda i: quality(scores[i], answers, keys))
        held[question], settings = scores[best], tried[best]
        if unlabelled is not None:
            teaching = replace(learner, archive=unlabelled)
            (taught,) = out_of_fold(matrix, answers, weights, folds, keys, [settings], teaching)
            gains[question] = round(quality(taught, answers, keys) - quality(held[question], answers, keys), 4)
            if gains[question] >= GAIN:
                held[question], learner = taught, teaching
        heads[question] = calibrated_head(question, held[question], answers, keys)
        answered = np.flatnonzero(answers != "")
        linear[question] = learner.fit(settings, matrix[answered], answers[answered], weights[answered])
        chosen[question] = settings
    rows_with = Counter(word for d in documents for word in set(d.words))
    every = {word: stem for d in documents for word, stem in zip(d.words, d.stems, strict=True)}
    stems = {word: stem for word, stem in every.items() if rows_with[word] >= least}
    tables = fold_words(compile_tables(vectorizers, linear, heads), stems)
    fitted = Language(language.expansions, language.protected, dict(sorted(stems.items())), language.danger)
    pipeline = {
        "stems": vectorizers.stems,
        "characters": vectorizers.characters,
        "heads": linear,
    }
    return Fitted(heads, tables, fitted, pipeline, held, chosen, gains, [d.words for d in documents], least)


def read_documents(texts: Sequence[str], language: Language) -> list[Document]:
    """Texts as words and stems."""
    stemmer = language.stemmer()
    words = [language.words_of(text) for text in texts]
    return [Document(found, stemmer.stems(found)) for found in words]


def new_linear(settings: HeadSettings) -> LinearSVC:
    """An untrained linear head: one against the rest, squared hinge loss."""
    return LinearSVC(C=settings.c, class_weight=settings.class_weight, random_state=0)


@dataclass(frozen=True, slots=True)
class Learner:
    """Trains a head, with the help of what is known of other labels and of an unlabelled archive, if there are any."""

    knowledge: Knowledge | None = None
    archive: sp.csr_matrix | None = None

    def fit(
        self, settings: HeadSettings, matrix: sp.csr_matrix, answers: NDArray[Any], weights: NDArray[np.float64]
    ) -> LinearSVC:
        """A head whose coefficients are for the columns of ``matrix`` alone, whatever helped to find them."""
        linear = self._fit(settings, matrix, answers, weights)
        if self.archive is None:
            return linear
        scores = decision_scores(linear, self.archive, linear.classes_)
        ranked = np.sort(scores, axis=1)
        sure = np.flatnonzero((ranked[:, -1] > 0) & (ranked[:, -2] < 0))
        return self._fit(
            settings,
            sp.csr_matrix(sp.vstack([matrix, self.archive[sure]])),
            np.concatenate([answers, linear.classes_[scores[sure].argmax(axis=1)]]),
            np.concatenate([weights, np.full(len(sure), ARCHIVE_WEIGHT)]),
        )

    def _fit(
        self, settings: HeadSettings, matrix: sp.csr_matrix, answers: NDArray[Any], weights: NDArray[np.float64]
    ) -> LinearSVC:
        known = self.knowledge
        if known is None:
            return fit_linear(settings, matrix, answers, weights)
        features = matrix.shape[1]
        scores = KNOWLEDGE_SCALE * (matrix @ known.coef.T + known.intercept)
        linear = fit_linear(settings, sp.csr_matrix(sp.hstack([matrix, sp.csr_matrix(scores)])), answers, weights)
        others = KNOWLEDGE_SCALE * linear.coef_[:, features:]
        linear.coef_ = linear.coef_[:, :features] + others @ known.coef
        linear.intercept_ = linear.intercept_ + others @ known.intercept
        linear.n_features_in_ = features
        return linear


def learn_knowledge(matrix: sp.csr_matrix, answers: NDArray[Any]) -> Knowledge:
    """What the rows that have these labels teach about them."""
    rows = np.flatnonzero(answers != "")
    linear = new_linear(SETTINGS["sector"]).fit(matrix[rows], answers[rows])
    return Knowledge(linear.coef_, linear.intercept_)


def fit_linear(
    settings: HeadSettings, matrix: sp.csr_matrix, answers: NDArray[Any], weights: NDArray[np.float64]
) -> LinearSVC:
    """A trained linear head. One at a time in a process: LIBLINEAR's random numbers are the process's, and two
    threads that draw from them get other heads each time."""
    with _LIBLINEAR:
        return new_linear(settings).fit(matrix, answers, weights)


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
    weights: NDArray[np.float64],
    folds: Sequence[Split],
    keys: Sequence[str],
    tried: Sequence[HeadSettings],
    learner: "Learner",
) -> list[NDArray[np.float64]]:
    """For each of the settings, scores of each row by a head that did not see it, shape ``(rows, keys)``.

    NaN for rows without an answer, and for those that no fold tests. All heads are trained in parallel.
    """

    def scores_of(settings: HeadSettings, train: NDArray[np.int64], test: NDArray[np.int64]) -> NDArray[np.float64]:
        linear = learner.fit(settings, matrix[train], answers[train], weights[train])
        return decision_scores(linear, matrix[test], keys)

    answered = answers != ""
    parts = [(train[answered[train]], test[answered[test]]) for train, test in folds]
    parts = [(train, test) for train, test in parts if len(test) and len(set(answers[train])) > 1]
    jobs = [delayed(scores_of)(settings, *part) for settings in tried for part in parts]
    running = Parallel(n_jobs=-1, return_as="generator")(jobs)
    found = list(tqdm(running, total=len(jobs), desc="training", unit="head", disable=None))
    held = [np.full((len(answers), len(keys)), np.nan) for _ in tried]
    for i, scores in enumerate(found):
        held[i // len(parts)][parts[i % len(parts)][1]] = scores
    return held


def held_rows(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """The rows that were held back once."""
    return np.flatnonzero(~np.isnan(scores[:, 0]))


def quality(scores: NDArray[np.float64], answers: NDArray[Any], keys: Sequence[str]) -> float:
    """What settings are chosen by: the mean of accuracy and macro-F1 of held-back rows."""
    rows = held_rows(scores)
    predicted = np.asarray(keys)[scores[rows].argmax(axis=1)]
    macro = f1_score(answers[rows], predicted, average="macro", zero_division=0)
    return float((np.mean(predicted == answers[rows]) + macro) / 2)


def calibrated_head(question: str, scores: NDArray[np.float64], answers: NDArray[Any], keys: tuple[str, ...]) -> Head:
    """A head whose probabilities and thresholds are honest on the held-back rows, then made cautious."""
    rows = held_rows(scores)
    column = {key: i for i, key in enumerate(keys)}
    wanted = np.array([column[answer] for answer in answers[rows]])
    sharpness, shifts, noise = calibrate(scores[rows], wanted)
    head = Head(keys, sharpness, cautious(question, keys, shifts), thresholds=(0.0,) * len(keys), noise=noise)
    pressing = PRESSING_FROM if question == "urgency" and len(keys) == 4 else None
    return replace(head, thresholds=review_thresholds(head.probabilities(scores[rows]), wanted), pressing=pressing)


def compile_tables(
    vectorizers: Vectorizers, linear: Mapping[str, LinearSVC], heads: Mapping[str, Head]
) -> ScorerTables:
    """Coefficients times inverse document frequencies and weights: a row a stem and a character n-gram."""
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
    of_stems, of_ngrams = np.split(rows, [len(stems)])
    return ScorerTables(
        stems=stems,
        stem_rows=(of_stems * vectorizers.stems.idf_[:, None]).astype(np.float32),
        ngrams=ngrams,
        ngram_rows=(of_ngrams * vectorizers.characters.idf_[:, None] * CHARACTER_WEIGHT).astype(np.float32),
        words=[],
        word_rows=np.empty((0, rows.shape[1]), dtype=np.float32),
        intercepts=np.array(intercepts),
    )
