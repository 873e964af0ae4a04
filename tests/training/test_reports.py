"""The pages for heads of office, and what they say."""

import json
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from disposisi import main
from training.archive import stored_complaints
from training.errors import DataError
from training.sheet import write_sheet


@pytest.fixture
def year(corpus: pd.DataFrame, tmp_path: Path) -> Path:
    rows = corpus.iloc[7::60].reset_index(drop=True)[["text", "sector", "urgency", "kind"]]
    rows["tanggal"] = [f"2025-{1 + i % 3:02}-10" for i in range(len(rows))]
    rows["kelurahan"] = ["Krapyak <b>", "Medono"] * (len(rows) // 2) + ["Medono"] * (len(rows) % 2)
    rows.loc[0, "text"] = "Nama saya Budi Rahardja, hubungi 0812-3456-7890, lampu jalan mati"
    rows.to_csv(tmp_path / "tahun.csv", index=False)
    return tmp_path / "tahun.csv"


def run(*arguments: str | Path) -> str:
    outcome = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def test_evaluate_by_month_and_area(year: Path, tiny_models: Path, tmp_path: Path) -> None:
    told = run("evaluate", year, "--json", tmp_path / "f.json", "--models", tiny_models)
    assert "accuracy by month:" in told
    figures = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert set(figures["by"]["month"]) == {"2025-01", "2025-02", "2025-03"}
    assert set(figures["by"]["area"]) == {"Krapyak <b>", "Medono"}
    low, high = figures["sector"]["intervals"]["accuracy"]
    assert low < figures["sector"]["accuracy"] < high
    parts = figures["by"]["month"].values()
    whole = sum(p["rows"] * p["sector"] for p in parts) / figures["rows"]
    assert whole == pytest.approx(figures["sector"]["accuracy"], abs=1e-3)


def test_the_report_stands_alone(year: Path, tiny_models: Path, tmp_path: Path) -> None:
    run("report", year, tmp_path / "laporan.html", "--models", tiny_models)
    page = (tmp_path / "laporan.html").read_text(encoding="utf-8")
    assert 'lang="id"' in page
    assert not re.search(r"(src|href)=|@import|url\(|<script", page)
    assert page.count("<svg") >= 6
    for heading in ("Yang sudah baik", "Yang masih lemah", "Yang sebaiknya dilabeli berikutnya"):
        assert heading in page
    assert "Krapyak &lt;b&gt;" in page
    assert "Budi" not in page


def test_drift_tells_a_change_and_none_where_none_is(year: Path, tiny_models: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(year)
    strange = frame.assign(text="zxqv wjkk lampu mati " + frame["text"].str[:9])
    strange.to_csv(tmp_path / "aneh.csv", index=False)
    out = ("--out", tmp_path / "d.html", "--json", tmp_path / "d.json", "--metrics", tmp_path / "d.prom")
    told = run("drift", tmp_path / "aneh.csv", "--models", tiny_models, *out)
    assert "Banyak kata baru" in told
    assert "Susunan masalah berubah jauh" in told
    months = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    assert [m["name"] for m in months] == ["semua", "2025-01", "2025-02", "2025-03"]
    assert f"disposisi_drift_unknown_word_share {months[0]['unknown']}" in (tmp_path / "d.prom").read_text()
    assert "<svg" in (tmp_path / "d.html").read_text(encoding="utf-8")
    assert "Panjang aduan berubah" not in run("drift", year, "--models", tiny_models)


def test_suggestions_are_masked_and_come_with_lists(year: Path, tiny_models: Path, tmp_path: Path) -> None:
    out = tmp_path / "label.xlsx"
    run("suggest", "1000", out, "--data", year, "--models", tiny_models)
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert len(sheet.data_validations.dataValidation) == 3
    table = pd.read_excel(out, dtype=str, keep_default_na=False)
    assert not table["text"].str.contains("0812|Rahardja").any()
    assert table["text"].str.contains(r"\[telepon\]").any()
    assert set(table["alasan"]) == {"model ragu", "banyak kata baru", "mewakili kelompoknya"}
    assert not (table[["sector", "urgency", "kind"]] != "").any(axis=None)
    table["sector"] = "energi"
    table.to_excel(tmp_path / "isi.xlsx", index=False)
    assert "0 errors" in run("check", tmp_path / "isi.xlsx", "--no-suspects", "--no-copy")


def test_the_same_texts_give_the_same_suggestions(year: Path, tiny_models: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        run("suggest", "20", tmp_path / name, "--data", year, "--models", tiny_models)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert len(pd.read_csv(tmp_path / "a.csv")) == 20


def test_a_database_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such database"):
        stored_complaints(f"sqlite:///{tmp_path / 'x.db'}")
    assert not (tmp_path / "x.db").exists()
    (tmp_path / "x.db").write_bytes(b"not a database at all")
    with pytest.raises(DataError, match="cannot be read"):
        stored_complaints(f"sqlite:///{tmp_path / 'x.db'}")


def test_what_does_not_fit_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="use --out NAME"):
        write_sheet(tmp_path / "x.xlsx", pd.DataFrame({"text": ["a" * 40_000]}), {})
    write_sheet(tmp_path / "x.csv", pd.DataFrame({"text": ["a" * 40_000]}), {})
    with pytest.raises(DataError, match="there already"):
        write_sheet(tmp_path / "x.csv", pd.DataFrame({"text": ["a"]}), {})
