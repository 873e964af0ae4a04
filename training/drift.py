"""Do recent complaints still look like those that the model learned from? By month, in plain words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.artifact import ArtifactError, Language
from model.city import City
from model.classifier import Classifier
from model.prediction import QUESTIONS
from training.baseline import unknown_share
from training.pages import drawn, percent, render
from training.plots import lines
from training.report import label_name

FEWEST = 30
"""A month with fewer complaints says nothing by itself."""

CLASSES_FAR = 0.25
"""Population stability index past which shares have changed for good (the usual rule of credit scoring: under 0.1
little, over 0.25 much)."""

UNKNOWN_FAR, CONFIDENCE_FAR, LENGTH_FAR, OVERRIDE_FAR = 0.05, 0.10, 0.5, 0.30
"""More unknown words, less confidence (both in absolute shares), another length (relative), answers overridden."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month's complaints beside the training data. ``override``: share of labelled rows where people say
    otherwise than the model, None without labels. ``risen``: sectors whose share grew most, with the growth."""

    name: str
    rows: int
    classes: float
    risen: list[tuple[str, float]]
    unknown: float
    words: float
    confidence: float
    override: float | None


def drift(
    classifier: Classifier, manifest: dict[str, Any], language: Language, rows: pd.DataFrame
) -> tuple[list[Month], list[Month]]:
    """All rows together (one entry, ``semua``), and by month where enough rows are dated.

    The labels of a month are compared with those of the months before it, of the first month and of all rows
    together with the training data; everything else with the training data.

    Raises
    ------
    ArtifactError
        The model does not say what it was trained on.
    """
    base = manifest.get("baseline")
    if not base:
        raise ArtifactError(f"model {classifier.version} keeps no figures of its training data; train again")
    predictions = classifier.predict_many(rows["text"].tolist())
    question = next(q for q in QUESTIONS if q in classifier.heads)
    answers = [getattr(p, question) for p in predictions]
    told = rows.assign(given=[a.key for a in answers], score=[a.score for a in answers])

    keys = list(base["labels"][question])
    trained = _shares([base["labels"][question][key] for key in keys])

    def month(name: str, part: pd.DataFrame, before: NDArray[np.float64]) -> Month:
        now = _shares([int((part["given"] == key).sum()) for key in keys])
        growth = sorted(zip(keys, (now - before).tolist(), strict=True), key=lambda pair: -pair[1])
        labelled = part[part[question] != ""]
        return Month(
            name,
            len(part),
            round(float(((now - before) * np.log(now / before)).sum()), 4),
            [(key, round(by, 4)) for key, by in growth[:3] if by > 0.02],
            round(unknown_share(part["text"].tolist(), language, language.stems), 4),
            float(part["text"].map(lambda text: len(language.words_of(text))).median()),
            round(float(part["score"].mean()), 4),
            round(float((labelled["given"] != labelled[question]).mean()), 4) if len(labelled) else None,
        )

    months: list[Month] = []
    dates = told["received"].str[:7]
    for name, part in told.groupby(dates):
        if name and len(part) >= FEWEST:
            earlier = told[(dates != "") & (dates < str(name))]
            before = _shares([int((earlier["given"] == key).sum()) for key in keys]) if months else trained
            months.append(month(str(name), part, before))
    return [month("semua", told, trained)], months


def _shares(counts: list[int]) -> NDArray[np.float64]:
    """Shares of the counts; half a row is added to each so that none is zero."""
    some = np.array(counts, dtype=float) + 0.5
    return np.asarray(some / some.sum())


def warnings(month: Month, manifest: dict[str, Any], city: City) -> list[str]:
    """What has changed, in Indonesian; empty where nothing has."""
    base = manifest["baseline"]
    question, confidence = next(iter(base["confidence"].items()))
    found = []
    if month.classes > CLASSES_FAR:
        risen = ", ".join(f"{label_name(city, question, key)} (+{percent(by)})" for key, by in month.risen)
        found.append("Susunan masalah berubah jauh dari sebelumnya" + (f"; naik: {risen}" if risen else ""))
    if month.unknown > base["unknown"] + UNKNOWN_FAR:
        found.append(
            f"Banyak kata baru: {percent(month.unknown)} kata belum dikenal (biasanya {percent(base['unknown'])})"
        )
    if abs(month.words - base["words"]) > LENGTH_FAR * base["words"]:
        found.append(f"Panjang aduan berubah: {month.words:.0f} kata, dulu {base['words']:.0f}")
    if month.confidence < confidence - CONFIDENCE_FAR:
        found.append(f"Model kurang yakin: rata-rata {percent(month.confidence)}, dulu {percent(confidence)}")
    if month.override is not None and month.override > OVERRIDE_FAR:
        found.append(f"Petugas mengubah {percent(month.override)} jawaban model")
    return found


def page(whole: Month, months: list[Month], manifest: dict[str, Any], city: City) -> str:
    """The figures as a page in Indonesian."""
    names = [m.name for m in months]
    series = {
        "kata tak dikenal": [m.unknown for m in months],
        "keyakinan rata-rata": [m.confidence for m in months],
    }
    if months and all(m.override is not None for m in months):
        series["diubah petugas"] = [m.override or 0.0 for m in months]
    told = [(m.name, line) for m in [whole, *months] for line in warnings(m, manifest, city)]
    return render(
        "drift.html",
        title="Apakah aduan sekarang masih seperti data pelatihan?",
        version=manifest["version"],
        told=told,
        plot=drawn(lines(series, names, "bulan")) if len(months) > 1 else "",
        months=[
            {
                "name": m.name,
                "rows": m.rows,
                "classes": f"{m.classes:.2f}".replace(".", ","),
                "unknown": percent(m.unknown),
                "words": f"{m.words:.0f}",
                "confidence": percent(m.confidence),
                "override": percent(m.override) if m.override is not None else "-",
            }
            for m in [whole, *months]
        ],
    )


def as_metrics(month: Month) -> str:
    """The figures of all rows in the text format of Prometheus, for a collector of text files."""
    values = {
        "complaints": month.rows,
        "class_stability_index": month.classes,
        "unknown_word_share": month.unknown,
        "words_median": month.words,
        "confidence_mean": month.confidence,
    }
    if month.override is not None:
        values["override_share"] = month.override
    return "".join(
        f"# TYPE disposisi_drift_{name} gauge\ndisposisi_drift_{name} {value}\n" for name, value in values.items()
    )
