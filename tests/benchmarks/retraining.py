"""How well another city's history is learned by the commands as they are: agencies as labels, five parts.

    python tests/benchmarks/retraining.py

Agencies with 40 rows or more, kelurahan and kecamatan left out; equal texts stay together. Says so and ends where
``../shared/real/history.csv`` is not at hand. To reach: accuracy 0.885, macro-F1 0.79, calibration error under 0.03
(TF-IDF with LinearSVC and word pairs reaches 0.874 and 0.778). Takes about six minutes.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model import artifact  # noqa: E402
from model.city import read_city  # noqa: E402
from training import metrics  # noqa: E402
from training.prepare import gather  # noqa: E402
from training.run import train  # noqa: E402

HISTORY = ROOT.parent / "shared" / "real" / "history.csv"
SMALLEST = 40
PARTS = 5


def main() -> None:
    """Print the figures of each part and of all."""
    if not HISTORY.is_file():
        print(f"skipped: {HISTORY} is not at hand")
        return
    history = pd.read_csv(HISTORY, dtype=str, keep_default_na=False)
    history = history[~history["agency"].str.contains("kelurahan|kecamatan", case=False)]
    rows = history["agency"].value_counts()
    history = history[history["agency"].isin(rows.index[rows >= SMALLEST])].reset_index(drop=True)
    gold = history["agency"].to_numpy()
    print(f"{len(history)} rows, {len(set(gold))} agencies")
    predicted, scores = np.empty(len(gold), dtype=object), np.zeros(len(gold))
    parts = GroupKFold(PARTS).split(history, gold, pd.factorize(history["text"])[0])
    for number, (learned, held) in enumerate(parts, start=1):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "history.csv"
            history.iloc[learned][["text", "agency"]].to_csv(path, index=False)
            material = gather([path], read_city(), {"text": "text", "sector": "agency"}, labels_from_data=True)
            version, _ = train(material, Path(folder) / "models")
            classifier = artifact.load(Path(folder) / "models" / version)
        answers = [p.sector for p in classifier.predict_many(history["text"].iloc[held].tolist())]
        predicted[held] = [a.key if a else "" for a in answers]
        scores[held] = [a.score if a else 0.0 for a in answers]
        print(f"part {number}: accuracy {accuracy_score(gold[held], predicted[held]):.4f}", flush=True)
    error = metrics.calibration(predicted == gold, scores)["expected_error"]
    macro = f1_score(gold, predicted, average="macro")
    print(f"accuracy {accuracy_score(gold, predicted):.4f}, macro-F1 {macro:.4f}, calibration error {error:.4f}")


if __name__ == "__main__":
    main()
