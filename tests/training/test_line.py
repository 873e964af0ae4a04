"""The whole line on tiny data: check, train, compare, promote, evaluate, roll back; each step as the clerk runs it."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from disposisi import main
from model import artifact
from training import promotion
from training.models import list_models


def run(*arguments: str | Path) -> str:
    outcome = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def fails(*arguments: str | Path) -> str:
    outcome = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    assert outcome.exit_code == 1, outcome.output
    return outcome.output


@pytest.fixture(scope="module")
def files(corpus: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small year, its corrections, the same with spoiled labels, and rows kept for testing."""
    folder = tmp_path_factory.mktemp("kantor")
    small = corpus[corpus["sector"].isin(["penerangan_jalan", "lingkungan", "kependudukan"])]
    small = small.groupby("sector", group_keys=False).head(140)[["text", "sector", "urgency", "kind", "batch"]]
    parts = {"uji": small.iloc[::3], "tahun": small.iloc[1::6], "koreksi": small.iloc[2::3]}
    spoiled = parts["koreksi"].assign(sector="kependudukan", urgency="rendah")
    paths = {}
    for name, rows in (parts | {"rusak": spoiled}).items():
        paths[name] = folder / f"{name}.csv"
        rows.to_csv(paths[name], index=False)
    return paths


def test_from_a_spreadsheet_to_a_promoted_better_model_and_back(files: dict[str, Path], tmp_path: Path) -> None:
    models = ("--models", tmp_path)
    assert "0 errors" in run("check", files["tahun"], "--no-suspects", "--no-copy")
    assert "Trained and promoted" in run("train", files["tahun"], "--no-corpus", *models)
    first = artifact.current(tmp_path)

    assert "Trained the candidate" in run("train", files["tahun"], files["koreksi"], "--no-corpus", *models)
    assert artifact.current(tmp_path) == first
    told = run("compare", files["uji"], "--json", tmp_path / "c.json", "--changed", tmp_path / "c.csv", *models)
    figures = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert figures["sector"]["won"] > figures["sector"]["lost"]
    assert "McNemar" in told
    assert set(pd.read_csv(tmp_path / "c.csv")["turn"]) <= {"worse", "better", "other"}

    assert "--test FILE" in fails("promote", *models)
    assert "rows are needed" not in run("promote", "--test", files["uji"], *models)
    second = artifact.current(tmp_path)
    assert second != first
    assert "accuracy" in run("evaluate", files["uji"], *models)

    run("train", files["tahun"], files["rusak"], "--no-corpus", *models)
    refused = fails("promote", *models)
    assert "macro-F1 falls by" in refused
    assert artifact.current(tmp_path) == second
    run("promote", "--force", "uji coba kantor", *models)
    assert "forced: uji coba kantor" in run("models", *models)
    assert artifact.current(tmp_path) not in (first, second)

    assert second is not None
    assert second.name in run("rollback", *models)
    assert artifact.current(tmp_path) == second
    run("rollback", *models)
    assert artifact.current(tmp_path) == first
    assert "no model was promoted before" in fails("rollback", *models)
    assert [e["action"] for e in promotion.history(tmp_path)] == ["promote"] * 3 + ["rollback"] * 2


def test_the_same_data_and_settings_give_the_same_checksum(files: dict[str, Path], tmp_path: Path) -> None:
    for weight in ("1", "1", "2"):
        run("train", files["tahun"], "--no-corpus", "--weight", f"tahun.csv={weight}", "--models", tmp_path)
    sums = {manifest["version"]: manifest["checksum"] for manifest in list_models(tmp_path)}
    assert len(sums) in (2, 3)  # two of one second share their name's date
    assert len(set(sums.values())) == 2


def test_a_changed_test_file_is_not_frozen(files: dict[str, Path], tmp_path: Path) -> None:
    models = ("--models", tmp_path / "m")
    test = tmp_path / "uji.csv"
    test.write_bytes(files["uji"].read_bytes())
    run("train", files["tahun"], "--no-corpus", *models)
    run("train", files["tahun"], files["koreksi"], "--no-corpus", *models)
    run("promote", "--test", test, *models)
    test.write_text(test.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run("train", files["koreksi"], "--no-corpus", *models)
    assert "gone or changed" in fails("promote", *models)


def test_rows_that_a_model_knows_do_not_count(files: dict[str, Path], tmp_path: Path) -> None:
    run("train", files["tahun"], "--no-corpus", "--models", tmp_path)
    run("train", files["uji"], "--no-corpus", "--models", tmp_path)
    assert "0 of 140 rows are new to both models" in fails("promote", "--test", files["uji"], "--models", tmp_path)
    assert "flatter" in run("compare", files["uji"], "--models", tmp_path)


def test_an_interrupted_run_leaves_nothing(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("training.seen.write", interrupted)
    outcome = CliRunner().invoke(main, ["train", str(files["tahun"]), "--no-corpus", "--models", str(tmp_path)])
    assert outcome.exit_code == 1
    assert not list(tmp_path.iterdir())
