"""The classifier: a message through all steps to a Prediction."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.danger import DangerRule, DangerRules
from model.heads import Head, Probabilities
from model.prediction import Alternative, Answer, Prediction
from model.scorer import Rows, Scorer
from model.text import words_of

ALTERNATIVES = 3
REASONS = 3

INFORMATION = "permintaan_informasi"
"""The kind that question rules speak for."""


class Classifier:
    """A trained model, ready to answer. Made by ``model.artifact.load``; safe to share between threads."""

    def __init__(
        self,
        version: str,
        expansions: Mapping[str, tuple[str, ...]],
        scorer: Scorer,
        heads: Mapping[str, Head],
        danger: DangerRules,
    ) -> None:
        self.version = version
        self.expansions = expansions
        self.scorer = scorer
        self.heads = heads
        self.danger = danger
        self.probabilities = Probabilities(list(heads.values()))

    def predict(self, text: str) -> Prediction:
        """Answer every question about one message.

        An empty message, or one without a word, gets the labels that are likeliest without any word, and goes
        to review.
        """
        words = words_of(text, self.expansions)
        rows = self.scorer.rows(words)
        probabilities = self.probabilities(self.scorer.sum(rows))
        fired = self.danger.fired(words)
        answers: dict[str, Answer] = {}
        start = 0
        for question, head in self.heads.items():
            columns = slice(start, start + len(head.keys))
            start = columns.stop
            mine, rule = probabilities[columns], None
            if question == "kind":
                mine, rule = asked(mine, head, fired)
            chosen = int(head.choose(mine))
            if question == "urgency":
                chosen, rule = heed_level(chosen, head, fired)
            answers[question] = self._answer(head, mine, chosen, words, rows[:, columns], rule)
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

    def _answer(
        self,
        head: Head,
        probabilities: NDArray[np.float64],
        chosen: int,
        words: list[str],
        rows: Rows,
        rule: DangerRule | None,
    ) -> Answer:
        rounded = probabilities.round(4).tolist()
        ranked = sorted(range(len(rounded)), key=rounded.__getitem__, reverse=True)[:ALTERNATIVES]
        alternatives = tuple([Alternative(head.keys[i], rounded[i]) for i in ranked])
        rival = next((i for i in ranked if i != chosen), chosen)
        reasons = self._reasons(words, rows[:, chosen] - rows[:, rival])
        if rule and (rule.adds is None or head.keys[chosen] == INFORMATION):
            reasons = (f"aturan:{rule.name}", *reasons)
        return Answer(head.keys[chosen], rounded[chosen], alternatives, reasons)

    def _reasons(self, words: list[str], weights: NDArray[np.float32]) -> tuple[str, ...]:
        """The known words that spoke most for the first label against the second.

        Only words of the corpus are named: a word that only this message holds may be a person's.
        """
        reasons: list[str] = []
        for at in weights.argsort()[::-1].tolist():
            word = words[at]
            if weights[at] <= 0 or len(reasons) == REASONS:
                break
            if word.isalpha() and word not in reasons and self.scorer.knows(word):
                reasons.append(word)
        return tuple(reasons)

    def _review_reasons(self, words: list[str], answers: Mapping[str, Answer]) -> tuple[str, ...]:
        if not any(word.isalpha() for word in words):
            return ("pesan_kosong",)
        if "sector" not in answers:
            return ()
        head, answer = self.heads["sector"], answers["sector"]
        below = answer.score < head.thresholds[head.keys.index(answer.key)]
        return ("ragu_sektor",) if below else ()


def heed_level(level: int, head: Head, fired: Sequence[DangerRule]) -> tuple[int, DangerRule | None]:
    """The urgency level after the danger rules, and the rule that decided it.

    Never under the highest floor; without any floor, never over the lowest ceiling. A rule that says what the head
    says already counts as deciding.
    """
    floors = [(head.keys.index(rule.floor), rule) for rule in fired if rule.floor in head.keys]
    ceilings = [(head.keys.index(rule.ceiling), rule) for rule in fired if rule.ceiling in head.keys]
    if floors:
        to, rule = max(floors, key=lambda pair: pair[0])
        return (to, rule) if to >= level else (level, None)
    if ceilings:
        to, rule = min(ceilings, key=lambda pair: pair[0])
        return (to, rule) if to < level else (level, None)
    return level, None


def asked(
    probabilities: NDArray[np.float64], head: Head, fired: Sequence[DangerRule]
) -> tuple[NDArray[np.float64], DangerRule | None]:
    """The probabilities of the kinds after the question rules, and the rule that weighed most."""
    rules = [rule for rule in fired if rule.adds is not None]
    if not rules or INFORMATION not in head.keys:
        return probabilities, None
    rule = max(rules, key=lambda rule: rule.adds or 0.0)
    weighted = probabilities.copy()
    weighted[head.keys.index(INFORMATION)] *= math.exp(rule.adds or 0.0)
    return weighted / weighted.sum(), rule
