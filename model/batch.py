"""Many messages at once, as columns: what tagging an archive needs.

The answers are those of ``Classifier.predict``. They come faster because a piece of text between two blanks is
tokenised, stemmed and looked up once for all messages, and the arithmetic is done for a block of messages at a time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from model.classifier import Classifier, asked, heed_level
from model.danger import DangerRule
from model.memo import Memo
from model.pairs import PairTable
from model.privacy import mask, may_hold_number
from model.scorer import scaling
from model.stemming import NEW_WORDS
from model.text import MAX_CHARS, MAX_WORDS, expand, repair, tokens, words_of

BLOCK = 1024
"""Messages computed together: their rows and scores stay in the processor's cache."""

MEMO_PIECES = 200_000
MEMO_WORDS = 60_000
"""Distinct pieces of text and new words remembered; past either, the memo starts anew at the next block."""

_MAY_BE_PERSONAL = re.compile(r"@|://|www\.|\bnama|kenalkan|nopol|^\W*(?:no\.)?pol\b|\bplat|\ba[./]|^\W*a$")
_MASKED = re.compile(r"\W*\[[a-z]+\]\W*")
"""Pieces, in lower case, that can be part of what model.privacy masks, beside numbers; and those that it made."""

_SHORT_NUMBER = re.compile(r"[^\dA-Za-z]*\d{1,2}[^\dA-Za-z]*")
FEW_NUMBERS = 3
"""So many pieces with a number of one or two digits are no personal number: that takes eight digits, or three."""

ALPHABETIC = 1
"""The bit of a word that is a word; the bits of the danger rules follow."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Answers of one question, a key and a probability (0-1) a message."""

    keys: list[str]
    scores: list[float]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the model says of a batch of messages; all lists are as long as the batch.

    ``questions`` holds the questions that the model answers, in the order of its heads.
    """

    questions: dict[str, Labels]
    needs_review: list[bool]


class Labeller:
    """Labels batches with one model. Keeps what it has learned of words; not to be shared between threads."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._needs = [need << 1 for need in classifier.danger.needs]
        self._pairs = PairTable(classifier.scorer.tables)
        self._width = max(map(int.bit_length, self._needs), default=1) // 64 + 1
        self._start_anew()

    def label(self, texts: Sequence[str]) -> Labelled:
        """The answers of ``Classifier.predict`` to each text, without alternatives and reasons."""
        questions = {question: Labels([], []) for question in self._classifier.heads}
        review: list[bool] = []
        for start in range(0, len(texts), BLOCK):
            self._block(texts[start : start + BLOCK], questions, review)
        return Labelled(questions, review)

    def _start_anew(self) -> None:
        tables = self._classifier.scorer.tables
        self._words: list[str] = []
        self._index: dict[str, int] = {}
        self._rows = np.empty((len(tables.words) + 4096, len(tables.intercepts)))
        self._stems = np.empty(len(self._rows), dtype=np.int64)
        self._bits = np.zeros((len(self._rows), self._width), dtype=np.uint64)
        self._pieces = Memo(self._learn, limit=10 * MEMO_PIECES)
        self._plain: set[str] = set()
        self._harmless: set[str] = set()
        self._not_names: set[str] = set()
        for word, row, stem in zip(tables.words, tables.word_rows, tables.word_stems, strict=True):
            self._add(word, row, stem)
        self._trained = len(self._words)

    def _add(self, word: str, row: NDArray[np.float32], stem: str) -> int:
        at = len(self._words)
        if at == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
            self._stems = np.concatenate([self._stems, np.empty_like(self._stems)])
            self._bits = np.concatenate([self._bits, np.zeros_like(self._bits)])
        self._rows[at] = row
        self._stems[at] = self._pairs.number(stem)
        bits = self._classifier.danger.bits(word) << 1 | (ALPHABETIC if word.isalpha() else 0)
        self._bits[at] = [bits >> 64 * i & (1 << 64) - 1 for i in range(self._width)]
        self._words.append(word)
        self._index[word] = at
        return at

    def _number(self, word: str) -> int:
        at = self._index.get(word)
        return self._add(word, *self._classifier.scorer.new_word(word)) if at is None else at

    def _learn(self, piece: str) -> tuple[int, ...]:
        """Word numbers of a piece of text; remembers whether it can be part of personal data."""
        if _MASKED.fullmatch(piece) or not _MAY_BE_PERSONAL.search(piece.lower()):
            self._not_names.add(piece)
            if not any(map(str.isdigit, piece)):
                self._plain.add(piece)
            if piece in self._plain or _SHORT_NUMBER.fullmatch(piece):
                self._harmless.add(piece)
        return tuple(map(self._number, expand(tokens(piece), self._classifier.expansions)))

    def _numbers(self, text: str) -> list[int] | None:
        """Word numbers of a message; None where it has so many new words that not all of them are stemmed."""
        if not text.isascii():
            text = repair(text)
        pieces = text.split()
        known = self._pieces.__getitem__
        if len(text) > MAX_CHARS:
            numbers = list(map(self._number, words_of(text, self._classifier.expansions)))
        else:
            numbers = list(chain.from_iterable(map(known, pieces)))
            if self._may_be_personal(text, pieces) and (masked := mask(text)) != text:
                numbers = list(chain.from_iterable(map(known, masked.split())))
        if len(numbers) <= NEW_WORDS:
            return numbers
        new = {number for number in numbers if number >= self._trained}
        return numbers[:MAX_WORDS] if len(new) <= NEW_WORDS else None

    def _may_be_personal(self, text: str, pieces: list[str]) -> bool:
        if self._plain.issuperset(pieces):
            return False
        if (
            self._harmless.issuperset(pieces)
            and len(pieces) - sum(map(self._plain.__contains__, pieces)) <= FEW_NUMBERS
        ):
            return False
        return not self._not_names.issuperset(pieces) or may_hold_number(text)

    def _block(self, texts: Sequence[str], questions: dict[str, Labels], review: list[bool]) -> None:
        if len(self._pieces) > MEMO_PIECES or len(self._words) > MEMO_WORDS:
            self._start_anew()
        numbered = [self._numbers(text) for text in texts]
        flat = [numbers or [] for numbers in numbered]
        lengths = np.fromiter(map(len, flat), dtype=np.int64, count=len(flat))
        ends = np.concatenate([[0], np.cumsum(lengths)])
        words = np.fromiter(chain.from_iterable(flat), dtype=np.int32, count=ends[-1])
        counts = sp.csr_matrix((np.ones(len(words)), words, ends), shape=(len(texts), len(self._rows)))
        scores = (counts @ self._rows + self._pairs.sums(self._stems[words], ends)) * scaling(lengths)[:, None]
        scores += self._classifier.scorer.tables.intercepts
        bits = np.zeros((len(texts), self._width), dtype=np.uint64)
        filled = lengths > 0
        if filled.any():
            bits[filled] = np.bitwise_or.reduceat(self._bits[words], ends[:-1][filled], axis=0)
        self._answer(scores, bits, flat, questions, review)
        first = len(review) - len(texts)
        for i, numbers in enumerate(numbered):
            if numbers is None:
                self._predict_alone(texts[i], first + i, questions, review)

    def _answer(
        self,
        scores: NDArray[np.float64],
        bits: NDArray[np.uint64],
        flat: list[list[int]],
        questions: dict[str, Labels],
        review: list[bool],
    ) -> None:
        doubtful = bits[:, 0] & np.uint64(ALPHABETIC) == 0
        every = self._classifier.probabilities(scores)
        fired = self._fired(bits, flat)
        start = 0
        for question, head in self._classifier.heads.items():
            probabilities = every[:, start : start + len(head.keys)]
            start += len(head.keys)
            if question == "kind":
                for i, rules in fired.items():
                    probabilities[i] = asked(probabilities[i], head, rules)[0]
            chosen = head.choose(probabilities)
            if question == "urgency":
                for i, rules in fired.items():
                    chosen[i] = heed_level(int(chosen[i]), head, rules)[0]
            sure = probabilities[np.arange(len(chosen)), chosen].round(4)
            if question == "sector":
                doubtful |= sure < np.asarray(head.thresholds)[chosen]
            questions[question].keys.extend(np.asarray(head.keys, dtype=object)[chosen].tolist())
            questions[question].scores.extend(sure.tolist())
        review.extend(doubtful.tolist())

    def _fired(self, bits: NDArray[np.uint64], flat: list[list[int]]) -> dict[int, list[DangerRule]]:
        """The rules of the messages that fire one."""
        possible = np.zeros(len(flat), dtype=bool)
        for need in self._needs:
            parts = np.array([need >> 64 * i & (1 << 64) - 1 for i in range(self._width)], dtype=np.uint64)
            possible |= ((bits & parts) == parts).all(axis=1)
        found = {}
        for i in np.flatnonzero(possible).tolist():
            if rules := self._classifier.danger.fired([self._words[number] for number in flat[i]]):
                found[i] = rules
        return found

    def _predict_alone(self, text: str, at: int, questions: dict[str, Labels], review: list[bool]) -> None:
        prediction = self._classifier.predict(text)
        for question, labels in questions.items():
            answer = getattr(prediction, question)
            labels.keys[at], labels.scores[at] = answer.key, answer.score
        review[at] = prediction.needs_review
