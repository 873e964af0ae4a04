"""The classifier: a message through all steps to a Prediction."""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from model.danger import DangerRule
from model.heads import Head, Probabilities, choose_one
from model.matching import DangerRules
from model.pieces import Reader
from model.prediction import Alternative, Answer, Prediction
from model.scorer import Rows, Scorer

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
        self._reader = Reader(expansions)
        self.probabilities = Probabilities(list(heads.values()))
        ends = list(accumulate((len(head.keys) for head in heads.values()), initial=0))
        self._questions = [
            (question, head, slice(*columns))
            for (question, head), columns in zip(heads.items(), pairwise(ends), strict=True)
        ]

    def words(self, text: str) -> list[str]:
        """The unstemmed words of a raw message, personal data masked."""
        return self._reader.words(text)

    def predict(self, text: str) -> Prediction:
        """Answer every question about one message.

        An empty message, or one without a word, gets the labels that are likeliest without any word, and goes
        to review.
        """
        words = self.words(text)
        rows = self.scorer.rows(words)
        exact = self.probabilities(self.scorer.sum(rows))
        every, shown, by_label = exact.tolist(), exact.round(4).tolist(), rows.T
        fired = self.danger.fired(words)
        answers = {}
        for question, head, columns in self._questions:
            probabilities, rounded, rule = every[columns], shown[columns], None
            if question == "kind" and fired:
                probabilities, rule = asked(probabilities, head, fired)
                rounded = [round(probability, 4) for probability in probabilities]
            ranked = sorted(range(len(probabilities)), key=probabilities.__getitem__, reverse=True)
            chosen = choose_one(head, probabilities, ranked)
            if question == "urgency" and fired:
                chosen, rule = heed_level(chosen, head, fired)
            rival = ranked[0] if chosen != ranked[0] else ranked[min(1, len(ranked) - 1)]
            weights = by_label[columns.start + chosen] - by_label[columns.start + rival]
            reasons = self._reasons(words, weights)
            if rule and (rule.adds is None or head.keys[chosen] == INFORMATION):
                reasons = [f"aturan:{rule.name}", *reasons]
            alternatives = tuple([Alternative(head.keys[i], rounded[i]) for i in ranked[:ALTERNATIVES]])
            answers[question] = Answer(head.keys[chosen], rounded[chosen], alternatives, tuple(reasons))
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

    def _reasons(self, words: list[str], weights: Rows) -> list[str]:
        """The known words of most weight, which is for the chosen label against the next, one number a word.

        Only words that the model knows by name are told: one that few messages hold may be a person's.
        """
        found: list[str] = []
        by_word = weights.tolist()
        for at in weights.argsort()[::-1].tolist():
            if by_word[at] <= 0 or len(found) == REASONS:
                break
            word = words[at]
            if word.isalpha() and word not in found and self.scorer.knows(word):
                found.append(word)
        return found

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
    probabilities: Sequence[float], head: Head, fired: Sequence[DangerRule]
) -> tuple[list[float], DangerRule | None]:
    """The probabilities of the kinds after the question rules, and the rule that weighed most."""
    rules = [rule for rule in fired if rule.adds is not None]
    weighted = list(probabilities)
    if not rules or INFORMATION not in head.keys:
        return weighted, None
    rule = max(rules, key=lambda rule: rule.adds or 0.0)
    weighted[head.keys.index(INFORMATION)] *= math.exp(rule.adds or 0.0)
    total = sum(weighted)
    return [part / total for part in weighted], rule
