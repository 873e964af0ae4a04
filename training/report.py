"""The report for a head of office: what the model does well, what badly, what to label next."""

from typing import Any

from model.city import City
from training.measure import Measured
from training.metrics import PRESSING
from training.pages import date, drawn, number, percent, render
from training.plots import bars, lines

NAMES = {"sector": "Sektor", "urgency": "Urgensi", "kind": "Jenis"}
GROUPS = {"month": "bulan", "area": "wilayah", "source": "sumber"}
GOOD, WEAK = 0.85, 0.70
ENOUGH = 10
"""Test rows below which nothing is said of a label."""

FEW = 100
"""Rows of training below which more rows of a weak label are the first thing to get."""


def report(measured: Measured) -> str:
    """The whole page as HTML."""
    figures, city = measured.figures, measured.city
    asked = [q for q in NAMES if q in figures]
    main = figures[asked[0]]
    curve = main["coverage"]
    return render(
        "report.html",
        title="Laporan model disposisi aduan",
        version=figures["model_version"],
        created=date(measured.manifest["created"]),
        trained=measured.manifest["rows"],
        rows=figures["rows"],
        seen=measured.seen,
        cards=_cards(figures, asked),
        good=_judged(figures, asked, city, GOOD, 2.0),
        weak=_judged(figures, asked, city, -1.0, WEAK),
        next=_next(measured, asked),
        questions=[_question(figures[q], q, city) for q in asked],
        calibration=drawn(_calibration(main["calibration"]["bins"])),
        coverage=drawn(
            lines(
                {"ketepatan": [c["accuracy"] for c in curve]},
                [f"{c['share']:.0%}" for c in curve],
                "bagian aduan yang diputuskan tanpa verifikasi",
            )
        ),
        groups=[_group(name, figures["by"][name], asked[0]) for name in GROUPS if name in figures["by"]],
    )


def label_name(city: City, question: str, key: str) -> str:
    """A label as people read it; another city's labels are their own names."""
    label = city.labels[question].get(key)
    return label.name if label else key


def _cards(figures: dict[str, Any], asked: list[str]) -> list[dict[str, str]]:
    cards = []
    for question in asked:
        low, high = figures[question]["intervals"]["accuracy"]
        text = f"{NAMES[question].lower()} tepat ({percent(low)} sampai {percent(high)})"
        cards.append({"value": percent(figures[question]["accuracy"]), "text": text})
    if "urgency" in asked:
        recall = figures["urgency"]["pressing"]["recall"]
        cards.append({"value": percent(recall), "text": "aduan mendesak (darurat atau tinggi) terjaring"})
    if "sector" in asked:
        decided = figures["sector"]["decided"]
        text = f"diputuskan tanpa verifikasi; {percent(decided['accuracy'])} di antaranya tepat"
        cards.append({"value": percent(decided["share"]), "text": text})
    return cards


def _judged(figures: dict[str, Any], asked: list[str], city: City, low: float, high: float) -> list[str]:
    """Sentences on the labels whose F1 is from ``low`` to ``high``, the best or the worst first."""
    found = []
    for question in asked:
        for key, f in figures[question]["classes"].items():
            if f["rows"] >= ENOUGH and low <= f["f1"] < high:
                name = label_name(city, question, key)
                text = (
                    f"{NAMES[question]} “{name}”: {percent(f['recall'])} ditemukan, {percent(f['precision'])} yang "
                    f"diberi label ini benar ({number(f['rows'])} aduan uji)"
                )
                found.append((-f["f1"] if high > 1 else f["f1"], text))
    return [text for _, text in sorted(found)]


def _next(measured: Measured, asked: list[str]) -> list[str]:
    """What more labels would help most: weak labels with few rows, confusions, pressing messages that were missed."""
    advice = []
    for question in asked:
        trained = measured.manifest.get("baseline", {}).get("labels", {}).get(question, {})
        f = measured.figures[question]
        weak = sorted((c["f1"], key) for key, c in f["classes"].items() if c["rows"] >= ENOUGH and c["f1"] < WEAK)
        for _, key in weak[:5]:
            name, rows = label_name(measured.city, question, key), trained.get(key, 0)
            if rows < FEW:
                advice.append(
                    f"Kumpulkan lebih banyak aduan {NAMES[question].lower()} “{name}”: baru {rows} dipelajari"
                )
        for pair in [p for p in f["confusion"] if p["rows"] >= 5][:3]:
            one, other = (label_name(measured.city, question, pair[side]) for side in ("gold", "predicted"))
            advice.append(
                f"Periksa batas antara “{one}” dan “{other}” ({pair['rows']} aduan tertukar): samakan dulu pedoman "
                "pelabelan, lalu labeli contoh dari keduanya"
            )
    missed = [p for p in measured.figures.get("urgency", {}).get("confusion", []) if p["gold"] in PRESSING]
    if rows := sum(p["rows"] for p in missed if p["predicted"] not in PRESSING):
        advice.insert(0, f"Baca {rows} aduan mendesak yang tidak terjaring; tambahkan aduan serupa atau kata bahayanya")
    return advice


def _question(f: dict[str, Any], question: str, city: City) -> dict[str, Any]:
    ranked = sorted(f["classes"].items(), key=lambda item: -item[1]["f1"])
    values = {label_name(city, question, key): c["f1"] for key, c in ranked if c["rows"]}
    notes = {label_name(city, question, key): f"({c['rows']})" for key, c in ranked}
    pairs = [
        {side: label_name(city, question, pair[side]) for side in ("gold", "predicted")} | {"rows": pair["rows"]}
        for pair in f["confusion"][:10]
    ]
    return {"name": NAMES[question], "bars": drawn(bars(values, notes)), "confusions": pairs}


def _calibration(bins: list[dict[str, float]]) -> str:
    labels = [percent(b["score"]) for b in bins]
    stated, true = ([b[name] for b in bins] for name in ("score", "accuracy"))
    return lines({"kenyataan": true}, labels, "keyakinan yang disebut model", stated)


def _group(name: str, groups: dict[str, dict[str, Any]], question: str) -> dict[str, Any]:
    if name == "month" and len(groups) > 1:
        values = [f.get(question, 0.0) for f in groups.values()]
        return {"name": GROUPS[name], "plot": drawn(lines({"ketepatan": values}, list(groups), "bulan"))}
    shares = {value: f.get(question, 0.0) for value, f in groups.items()}
    notes = {value: f"({f['rows']})" for value, f in groups.items()}
    return {"name": GROUPS[name], "plot": drawn(bars(shares, notes))}
