"""Many messages at once, as columns: what tagging an archive needs.

The answers are those of ``Classifier.predict``. They come faster because a piece of text between two blanks is
tokenised, stemmed and looked up once for all messages, and the arithmetic is done for a block of messages at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from numpy.typing import NDArray

from model.classifier import Classifier, asked, heed_level
from model.danger import DangerRule
from model.pieces import PERSONAL, may_be_personal, read_piece
from model.privacy import mask
from model.ragged import Growing, Numbers, ends_of, spans, sums
from model.rule_table import RuleTable
from model.scorer import scaling
from model.stemming import NEW_WORDS
from model.text import MAX_CHARS, MAX_WORDS, repair

BLOCK = 4096
"""Messages computed together: their rows and scores stay in the processor's cache."""

MEMO_PIECES = 200_000
MEMO_WORDS = 60_000
"""Distinct pieces of text and new words remembered; past either, the memo starts anew at the next block."""


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
        self._rules = RuleTable(classifier.danger.rules)
        self._start_anew()

    def label(self, texts: Sequence[str]) -> Labelled:
        """The answers of ``Classifier.predict`` to each text, without alternatives and reasons."""
        labelled = Labelled({question: Labels([], []) for question in self._classifier.heads}, [])
        for start in range(0, len(texts), BLOCK):
            self._block(texts[start : start + BLOCK], labelled)
        return labelled

    def _start_anew(self) -> None:
        tables = self._classifier.scorer.tables
        self._index: dict[str, int] = {}
        self._rows = Growing(np.float64, len(tables.intercepts))
        self._classes = Growing(np.int64)
        self._alphabetic = Growing(bool)
        self._pieces: dict[str, int] = {}
        self._piece_words = Growing(np.int64)
        self._piece_starts = Growing(np.int64)
        self._piece_sizes = Growing(np.int64)
        self._piece_risks = Growing(np.int64)
        self._rows.extend(tables.word_rows)
        for word in tables.words:
            self._add(word)
        self._trained = len(self._index)

    def _add(self, word: str) -> int:
        self._classes.append(self._rules.class_of(word))
        self._alphabetic.append(word.isalpha())
        return self._index.setdefault(word, len(self._index))

    def _number(self, word: str) -> int:
        at = self._index.get(word)
        if at is None:
            self._rows.append(self._classifier.scorer.new_row(word))
            at = self._add(word)
        return at

    def _piece(self, text: str) -> int:
        at = self._pieces.get(text)
        if at is None:
            at = self._pieces[text] = len(self._pieces)
            piece = read_piece(text, self._classifier.expansions)
            self._piece_starts.append(len(self._piece_words))
            self._piece_sizes.append(len(piece.words))
            self._piece_risks.append(piece.risk)
            self._piece_words.extend(list(map(self._number, piece.words)))
        return at

    def _block(self, texts: Sequence[str], labelled: Labelled) -> None:
        if len(self._index) > self._trained + MEMO_WORDS or len(self._piece_words) > MEMO_PIECES:
            self._start_anew()
        words, ends = self._words(texts)
        counts = sp.csr_matrix((np.ones(len(words)), words, ends), shape=(len(texts), len(self._rows.array)))
        scores = counts @ self._rows.array * scaling(np.diff(ends))[:, None] + self._classifier.scorer.tables.intercepts
        fired = self._rules.fired(self._classes.array[words], ends)
        wordless = sums(self._alphabetic.array[words], ends) == 0
        first = len(labelled.needs_review)
        self._answer(self._classifier.probabilities(scores), fired, wordless, labelled)
        for i in np.flatnonzero(np.diff(ends) > NEW_WORDS).tolist():
            new = words[ends[i] : ends[i + 1]] >= self._trained
            if len(set(words[ends[i] : ends[i + 1]][new].tolist())) > NEW_WORDS:
                self._predict_alone(texts[i], first + i, labelled)

    def _words(self, texts: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Word numbers of the texts end to end, and where each text's end; masked, and cut at ``MAX_WORDS``."""
        repaired = [text if text.isascii() and len(text) <= MAX_CHARS else repair(text) for text in texts]
        words, ends, risks = self._read(repaired)
        starts, sizes = ends[:-1], np.diff(ends)
        risky = np.flatnonzero(risks >= PERSONAL).tolist()
        masked = {i: mask(repaired[i]) for i in risky if may_be_personal(repaired[i], risks[i])}
        changed = [i for i, text in masked.items() if text != repaired[i]]
        if changed:
            more, ends, _ = self._read([masked[i] for i in changed])
            starts[changed], sizes[changed] = len(words) + ends[:-1], np.diff(ends)
            words = np.concatenate([words, more])
        sizes = np.minimum(sizes, MAX_WORDS)
        return words[spans(starts, sizes)], ends_of(sizes)

    def _read(self, texts: Sequence[str]) -> tuple[Numbers, Numbers, Numbers]:
        """Word numbers end to end, where each text's end, and the risk of each text."""
        split = pc.ascii_split_whitespace(pa.array(texts, pa.string()))
        pieces = split.values.dictionary_encode()
        known = np.fromiter(map(self._piece, pieces.dictionary.to_pylist()), np.int64, len(pieces.dictionary))
        found, ends = known[pieces.indices.to_numpy()], split.offsets.to_numpy()
        sizes = self._piece_sizes.array[found]
        words = self._piece_words.array[spans(self._piece_starts.array[found], sizes)]
        return words, ends_of(sizes)[ends], sums(self._piece_risks.array[found], ends)

    def _answer(
        self,
        every: NDArray[np.float64],
        fired: dict[int, list[DangerRule]],
        doubtful: NDArray[np.bool_],
        labelled: Labelled,
    ) -> None:
        """Add the answers that follow from the probabilities, the rules that fired, and what is doubtful anyway."""
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
            labels = labelled.questions[question]
            labels.keys.extend(np.asarray(head.keys, dtype=object)[chosen].tolist())
            labels.scores.extend(sure.tolist())
        labelled.needs_review.extend(doubtful.tolist())

    def _predict_alone(self, text: str, at: int, labelled: Labelled) -> None:
        prediction = self._classifier.predict(text)
        for question, labels in labelled.questions.items():
            answer = getattr(prediction, question)
            labels.keys[at], labels.scores[at] = answer.key, answer.score
        labelled.needs_review[at] = prediction.needs_review
