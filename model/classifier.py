"""The classifier: a message through all steps to a Prediction."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

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
        self._firsts = list(accumulate([len(head.keys) for head in heads.values()], initial=0))[:-1]

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
        every, shown = exact.tolist(), exact.round(4).tolist()
        fired = self.danger.fired(words)
        picks = []
        for (question, head), first in zip(self.heads.items(), self._firsts, strict=True):
            columns, rule = slice(first, first + len(head.keys)), None
            probabilities, rounded = every[columns], shown[columns]
            if question == "kind" and fired:
                probabilities, rule = asked(probabilities, head, fired)
                rounded = [round(probability, 4) for probability in probabilities]
            chosen = choose_one(head, probabilities)
            if question == "urgency" and fired:
                chosen, rule = heed_level(chosen, head, fired)
            ranked = sorted(range(len(rounded)), key=rounded.__getitem__, reverse=True)[:ALTERNATIVES]
            picks.append(_Pick(question, head, first, chosen, rounded, ranked, rule))
        reasons = self._reasons(words, rows, picks)
        answers = {pick.question: pick.answer(spoke) for pick, spoke in zip(picks, reasons, strict=True)}
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

    def _reasons(self, words: list[str], rows: Rows, picks: Sequence["_Pick"]) -> list[tuple[str, ...]]:
        """For each pick the known words that spoke most for the chosen label against the next.

        Only words that the model knows by name are told: one that few messages hold may be a person's.
        """
        weights = (rows[:, [pick.column for pick in picks]] - rows[:, [pick.rival for pick in picks]]).T
        reasons = []
        for order, weight in zip((-weights).argsort(axis=1).tolist(), weights.tolist(), strict=True):
            found: list[str] = []
            for at in order:
                word = words[at]
                if weight[at] <= 0 or len(found) == REASONS:
                    break
                if word.isalpha() and word not in found and self.scorer.knows(word):
                    found.append(word)
            reasons.append(tuple(found))
        return reasons

    def _review_reasons(self, words: list[str], answers: Mapping[str, Answer]) -> tuple[str, ...]:
        if not any(word.isalpha() for word in words):
            return ("pesan_kosong",)
        if "sector" not in answers:
            return ()
        head, answer = self.heads["sector"], answers["sector"]
        below = answer.score < head.thresholds[head.keys.index(answer.key)]
        return ("ragu_sektor",) if below else ()


@dataclass(frozen=True, slots=True)
class _Pick:
    """What was chosen for a question: the label's number among the head's keys, and in which columns they begin."""

    question: str
    head: Head
    first: int
    chosen: int
    rounded: list[float]
    ranked: list[int]
    rule: DangerRule | None

    @property
    def column(self) -> int:
        """The score column of the chosen label."""
        return self.first + self.chosen

    @property
    def rival(self) -> int:
        """The score column of the likeliest other label."""
        return self.first + next((i for i in self.ranked if i != self.chosen), self.chosen)

    def answer(self, reasons: tuple[str, ...]) -> Answer:
        """The answer with its alternatives, and the rule's name before the words that spoke for it."""
        keys, rule = self.head.keys, self.rule
        if rule and (rule.adds is None or keys[self.chosen] == INFORMATION):
            reasons = (f"aturan:{rule.name}", *reasons)
        alternatives = tuple([Alternative(keys[i], self.rounded[i]) for i in self.ranked])
        return Answer(keys[self.chosen], self.rounded[self.chosen], alternatives, reasons)


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
