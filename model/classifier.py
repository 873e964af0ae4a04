"""The classifier: a message through all steps to a Prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.danger import DangerRule, DangerRules
from model.heads import Head
from model.prediction import Alternative, Answer, Prediction
from model.scorer import Rows, Scorer
from model.text import words_of

ALTERNATIVES = 3
REASONS = 3


@dataclass(frozen=True, slots=True)
class Classifier:
    """A trained model, ready to answer. Made by ``model.artifact.load``; safe to share between threads."""

    version: str
    expansions: Mapping[str, tuple[str, ...]]
    scorer: Scorer
    heads: Mapping[str, Head]
    danger: DangerRules

    def predict(self, text: str) -> Prediction:
        """Answer every question about one message.

        An empty message, or one without a word, gets the labels that are likeliest without any word, and goes
        to review.
        """
        words = words_of(text, self.expansions)
        rows = self.scorer.rows(words)
        scores = self.scorer.sum(rows)
        answers: dict[str, Answer] = {}
        start = 0
        for question, head in self.heads.items():
            columns = slice(start, start + len(head.keys))
            probabilities = head.probabilities(scores[columns])
            answers[question] = self._answer(head, probabilities, words, rows[:, columns])
            start = columns.stop
        if "urgency" in answers:
            answers["urgency"] = heed(answers["urgency"], self.heads["urgency"], self.danger.fired(words))
        review = self._review_reasons(words, answers)
        return Prediction(
            sector=answers.get("sector"),
            urgency=answers.get("urgency"),
            kind=answers.get("kind"),
            needs_review=bool(review),
            review_reasons=review,
            model_version=self.version,
        )

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        """Answer every question about each message, in order."""
        return [self.predict(text) for text in texts]

    def _answer(self, head: Head, probabilities: NDArray[np.float64], words: list[str], rows: Rows) -> Answer:
        ranked = np.argsort(-probabilities, kind="stable")[:ALTERNATIVES]
        alternatives = tuple(Alternative(head.keys[i], round(float(probabilities[i]), 4)) for i in ranked)
        reasons = self._reasons(words, rows[:, ranked[0]] - rows[:, ranked[1]]) if len(ranked) > 1 else ()
        return Answer(alternatives[0].key, alternatives[0].score, alternatives, reasons)

    def _reasons(self, words: list[str], weights: NDArray[np.float32]) -> tuple[str, ...]:
        """The known words that spoke most for the first label against the second.

        Only words of the corpus are named: a word that only this message holds may be a person's.
        """
        total: dict[str, float] = {}
        for word, weight in zip(words, weights, strict=True):
            total[word] = total.get(word, 0.0) + float(weight)
        ranked = sorted(total, key=lambda word: -total[word])
        return tuple([w for w in ranked if total[w] > 0 and w.isalpha() and self.scorer.knows(w)][:REASONS])

    def _review_reasons(self, words: list[str], answers: Mapping[str, Answer]) -> tuple[str, ...]:
        if not any(word.isalpha() for word in words):
            return ("pesan_kosong",)
        if "sector" not in answers:
            return ()
        head, answer = self.heads["sector"], answers["sector"]
        below = answer.score < head.thresholds[head.keys.index(answer.key)]
        return ("ragu_sektor",) if below else ()


def heed(answer: Answer, head: Head, fired: Sequence[DangerRule]) -> Answer:
    """The urgency after the danger rules: never under the highest floor; without a floor, never over a ceiling."""
    level = head.keys.index(answer.key)
    floors = [(head.keys.index(rule.floor), rule) for rule in fired if rule.floor in head.keys]
    ceilings = [(head.keys.index(rule.ceiling), rule) for rule in fired if rule.ceiling in head.keys]
    if floors:
        to, rule = max(floors, key=lambda pair: pair[0])
        changed = to >= level
    elif ceilings:
        to, rule = min(ceilings, key=lambda pair: pair[0])
        changed = to < level
    else:
        return answer
    if not changed:
        return answer
    key = head.keys[to]
    score = answer.score if key == answer.key else next((a.score for a in answer.alternatives if a.key == key), 0.0)
    return Answer(key, score, answer.alternatives, (f"aturan:{rule.name}", *answer.reasons)[: REASONS + 1])
