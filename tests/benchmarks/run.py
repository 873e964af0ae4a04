"""What the project claims of its speed, measured side by side in one run. Prints a table in Markdown.

    make bench

Texts are ``../shared/real/history.csv`` where that is at hand, else the project's own corpus. Every figure is the
median of several rounds in which the two sides alternate; a ratio above 1 is in favour of the first side.
"""

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from reference import Reference, read_reference  # noqa: E402

from model import artifact  # noqa: E402
from model.batch import Labeller  # noqa: E402
from model.city import read_city  # noqa: E402
from model.classifier import Classifier  # noqa: E402
from training.corpus import read_corpus  # noqa: E402
from training.fit import fit  # noqa: E402
from training.models import labels_of, read_language, train_default  # noqa: E402

HISTORY = ROOT.parent / "shared" / "real" / "history.csv"
ROUNDS = 5
TAGGING_ROUNDS = 2


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def side_by_side(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float, float]:
    """Median seconds of both, and the median of the rounds' ratios second / first."""
    first(), second()
    rounds = [(seconds(first), seconds(second)) for _ in range(ROUNDS)]
    ratio = statistics.median(b / a for a, b in rounds)
    return statistics.median(a for a, _ in rounds), statistics.median(b for _, b in rounds), ratio


def row(measure: str, mine: str, other: str, ratio: float) -> str:
    """A line of the table."""
    return f"| {measure} | {mine} | {other} | {ratio:.2f} |"


def one_text(classifier: Classifier, reference: Reference, texts: Sequence[str]) -> str:
    def p50(run: Callable[[str], object]) -> float:
        return statistics.median(seconds(lambda text=text: run(text)) for text in texts)

    def slow(text: str) -> object:
        return reference.label([text])

    p50(classifier.predict), p50(slow)
    rounds = [(p50(classifier.predict), p50(slow)) for _ in range(3)]
    a, b = (statistics.median(side) for side in zip(*rounds, strict=True))
    ratio = statistics.median(y / x for x, y in rounds)
    return row("one text, p50, against the scikit-learn pipeline", f"{a * 1e6:.0f} µs", f"{b * 1e6:.0f} µs", ratio)


def batch(labeller: Labeller, reference: Reference, texts: Sequence[str]) -> str:
    def pipeline() -> None:
        for start in range(0, len(texts), 1024):
            reference.label(texts[start : start + 1024])

    a, b, ratio = side_by_side(lambda: labeller.label(texts), pipeline)
    n = len(texts)
    return row("batch, one core, against the same", f"{n / a:,.0f} texts/s", f"{n / b:,.0f} texts/s", ratio)


def against_fasttext(labeller: Labeller, texts: Sequence[str], folder: Path) -> list[str]:
    try:
        import fasttext
    except ImportError:
        return ["| batch, one core, against fastText | | not installed | |"]
    frame = read_corpus(read_city())
    lines = [f"__label__{s} {' '.join(t.lower().split())}" for s, t in zip(frame["sector"], frame["text"], strict=True)]
    (folder / "fasttext.txt").write_text("\n".join(lines), encoding="utf-8")
    model = fasttext.train_supervised(str(folder / "fasttext.txt"), wordNgrams=2, epoch=25, lr=0.5, thread=1, verbose=0)

    def theirs_of(raw: Sequence[str]) -> list[str]:
        """It reads one text a line, in lower case; that is the least that raw text needs."""
        found, _ = model.predict([text.lower().replace("\n", " ") for text in raw])
        return [labels[0].removeprefix("__label__") for labels in found]

    a, b, ratio = side_by_side(lambda: labeller.label(texts), lambda: theirs_of(texts))
    n = len(texts)
    rows = [
        row("batch, one core, against fastText (one label)", f"{n / a:,.0f} texts/s", f"{n / b:,.0f} texts/s", ratio)
    ]
    dev = HISTORY.with_name("dev.csv")
    if dev.is_file():
        gold = pd.read_csv(dev, dtype=str, keep_default_na=False)
        mine, theirs = labeller.label(gold["text"].tolist()).questions["sector"].keys, theirs_of(gold["text"])
        right = [float(np.mean(np.asarray(side) == gold["gold_sector"])) for side in (mine, theirs)]
        rows.append(f"| its sector accuracy, same training rows | {right[0]:.3f} | {right[1]:.3f} | |")
    return rows


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "disposisi", *map(str, words)]


def tagging(texts: Sequence[str], models: Path, folder: Path) -> list[str]:
    def write(rows: int) -> Path:
        path = folder / f"{rows}.csv"
        repeated = [texts[i % len(texts)] for i in range(rows)]
        pd.DataFrame({"id": range(rows), "text": repeated}).to_csv(path, index=False)
        return path

    def tag(source: Path, workers: int) -> tuple[float, float]:
        """Seconds, and peak memory of the largest process in MB."""
        target = folder / "tagged.csv"
        target.unlink(missing_ok=True)
        code = (
            "import subprocess, resource, sys, time; start = time.perf_counter(); "
            "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
            "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
        )
        words = command("tag", source, target, "--models", models, "--workers", workers)
        done = subprocess.run(
            [sys.executable, "-c", code, *words], check=True, capture_output=True, text=True, cwd=ROOT
        )
        took, peak = map(float, done.stdout.split())
        return took, peak

    small, large = write(100_000), write(1_000_000)
    _, peak_small = tag(small, 2)
    rounds = [(tag(large, 2), tag(large, 1)) for _ in range(TAGGING_ROUNDS)]
    two, one = (statistics.median(took for took, _ in side) for side in zip(*rounds, strict=True))
    faster = statistics.median(one[0] / two[0] for two, one in rounds)
    peak_large = max(two[1] for two, _ in rounds)
    memory = "tag, peak memory of a process, 1,000,000 rows against 100,000"
    return [
        row("tag 1,000,000 rows, two workers against one", f"{two:.1f} s", f"{one:.1f} s", faster),
        row(memory, f"{peak_large:.0f} MB", f"{peak_small:.0f} MB", peak_large / peak_small),
    ]


def cold(models: Path) -> str:
    words = command("classify", "lampu jalan mati sudah dua minggu", "--models", models)
    took = [seconds(lambda: subprocess.run(words, check=True, capture_output=True, cwd=ROOT)) for _ in range(ROUNDS)]
    return f"| first answer after process start | {statistics.median(took):.2f} s | | |"


def training() -> str:
    city = read_city()
    frame = read_corpus(city).sample(10_000, random_state=0).reset_index(drop=True)
    language = read_language()
    took = seconds(lambda: fit(frame, labels_of(city), language))
    return f"| training on 10,000 rows, all heads, calibrated | {took:.0f} s | | |"


def main() -> None:
    """Train, measure, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = folder / "models"
        version = train_default(models)
        classifier = artifact.load_current(models)
        reference = read_reference(models / version, classifier)
        labeller = Labeller(classifier)
        history = HISTORY.is_file()
        source = pd.read_csv(HISTORY, dtype=str, keep_default_na=False) if history else read_corpus(read_city())
        texts = source["text"].tolist()
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};")
        print(f"{len(texts):,} texts of {'real history' if history else 'the corpus'}, medians of {ROUNDS} rounds\n")
        print("| measure | this project | the other | ratio |\n| --- | --- | --- | --- |")
        print(one_text(classifier, reference, texts[:1000]), flush=True)
        print(batch(labeller, reference, texts), flush=True)
        print(*against_fasttext(labeller, texts, folder), sep="\n", flush=True)
        print(*tagging(texts, models, folder), sep="\n", flush=True)
        print(cold(models), flush=True)
        print(training(), flush=True)
        print(f"\npeak memory of this run {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
