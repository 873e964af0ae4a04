"""The same model the slow way: through the trained scikit-learn pipeline, with the same masking, rules and flag."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from model.classifier import Classifier, asked, heed_level
from model.features import Document, Vectorizers
from model.stemming import WordStemmer
from model.text import words_of


@dataclass(frozen=True)
class Reference:
    """A classifier that answers by ``transform`` and ``decision_function``."""

    classifier: Classifier
    vectorizers: Vectorizers
    heads: dict[str, Any]
    stemmer: WordStemmer

    def label(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """Labels of each text and whether it needs review."""
        documents = []
        for text in texts:
            words = words_of(text, self.classifier.expansions)
            documents.append(Document(words, self.stemmer.stems(words)))
        matrix = self.vectorizers.transform(documents)
        answers: list[list[str]] = [[] for _ in texts]
        review = np.array([not any(map(str.isalpha, d.words)) for d in documents])
        fired = [self.classifier.danger.fired(d.words) for d in documents]
        for question, head in self.classifier.heads.items():
            linear = self.heads[question]
            order = [list(linear.classes_).index(key) for key in head.keys]
            probabilities = head.probabilities(linear.decision_function(matrix)[:, order])
            if question == "kind":
                for i, rules in enumerate(fired):
                    probabilities[i] = asked(probabilities[i], head, rules)[0]
            chosen = head.choose(probabilities)
            if question == "urgency":
                for i, rules in enumerate(fired):
                    chosen[i] = heed_level(int(chosen[i]), head, rules)[0]
            if question == "sector":
                sure = probabilities[np.arange(len(chosen)), chosen].round(4)
                review |= sure < np.asarray(head.thresholds)[chosen]
            for i, at in enumerate(chosen):
                answers[i].append(head.keys[at])
        return [(*found, str(flag)) for found, flag in zip(answers, review, strict=True)]


def read_reference(folder: Path, classifier: Classifier) -> Reference:
    """The reference of a model folder that this machine trained itself."""
    parts = joblib.load(folder / "pipeline.joblib")
    for linear in parts["heads"].values():
        linear.coef_ = np.asfortranarray(linear.coef_)
    vectorizers = Vectorizers(parts["stems"], parts["characters"])
    return Reference(classifier, vectorizers, parts["heads"], classifier.scorer.stemmer)
