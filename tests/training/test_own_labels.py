"""Another city's labels, through the commands; and a training run on a Dask cluster."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from disposisi import main
from model import artifact
from training.models import list_models

AGENCIES = {"penerangan_jalan": "Dinas Perhubungan", "lingkungan": "DLH", "kependudukan": "Dukcapil"}


def run(*arguments: str | Path) -> str:
    outcome = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


@pytest.fixture(scope="module")
def history(corpus: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = corpus[corpus["sector"].isin(AGENCIES)].groupby("sector").head(40)
    table = pd.DataFrame({"Laporan": rows["text"], "OPD": rows["sector"].map(AGENCIES)})
    table.loc[table.index[0], "OPD"] = "Dinas Kecil"
    path = tmp_path_factory.mktemp("kota") / "riwayat.xlsx"
    table.to_excel(path, index=False)
    return path


def test_a_model_of_another_citys_agencies(history: Path, tmp_path: Path) -> None:
    own = ("--text-column", "Laporan", "--sector-column", "OPD")
    train = ("train", history, *own, "--labels-from-data", "--no-corpus", "--models", tmp_path)
    told = run(*train)
    assert "sector: left out, fewer than 5 rows: Dinas Kecil" in told
    classifier = artifact.load_current(tmp_path)
    assert {question: set(head.keys) for question, head in classifier.heads.items()} == {
        "sector": set(AGENCIES.values())
    }
    sector = classifier.predict("lampu jalan mati gelap").sector
    assert sector
    assert sector.key == "Dinas Perhubungan"
    assert run("check", history, *own, "--labels-from-data", "--no-suspects", "--no-copy").endswith("0 notes\n")

    table = pd.read_excel(history, dtype=str)
    table[table["OPD"] != "Dinas Kecil"].to_csv(tmp_path / "uji.csv", index=False)
    run("evaluate", tmp_path / "uji.csv", *own, "--json", tmp_path / "f.json", "--models", tmp_path)
    figures = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert set(figures["sector"]["classes"]) == set(AGENCIES.values())
    run("report", tmp_path / "uji.csv", tmp_path / "laporan.html", *own, "--models", tmp_path)
    assert "Dinas Perhubungan" in (tmp_path / "laporan.html").read_text(encoding="utf-8")


def test_a_cluster_gives_the_same_model(history: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    train = ("train", history, "--sector-column", "OPD", "--labels-from-data", "--no-corpus")
    run(*train, "--models", tmp_path / "here")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="tcp"
    ) as cluster:
        run(*train, "--models", tmp_path / "there", "--scheduler", cluster.scheduler_address)
    here, there = (list_models(tmp_path / name)[0]["checksum"] for name in ("here", "there"))
    assert here == there


def test_no_scheduler_there(history: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    arguments = ["train", str(history), "--sector-column", "OPD", "--labels-from-data", "--no-corpus"]
    outcome = CliRunner().invoke(main, [*arguments, "--models", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"])
    assert outcome.exit_code == 1
    assert "no Dask scheduler answers there" in outcome.output
