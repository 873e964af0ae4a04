"""Several processes, kills and resumption: the output is always the same, and whole when it appears."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import local

import pytest

from model.city import read_city
from training.tagging.columns import NAMES

from .conftest import Tag

START = "import sys, training.tagging.chunks as c; c.CHUNK_ROWS = 40; from disposisi import main; main()"
"""The command with short chunks, for processes of their own."""


def start(source: Path, target: Path, models: Path, workers: int, before: str = "") -> "subprocess.Popen[str]":
    arguments = ["tag", str(source), str(target), "--models", str(models), "--workers", str(workers)]
    return subprocess.Popen(
        [sys.executable, "-c", before + START, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def source(texts: list[str], tmp_path: Path) -> Path:
    rows = [{"no": f"{i:04d}", "text": text} for i, text in enumerate(texts * 150)]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return tmp_path / "in.jsonl"


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet", ".xlsx", ".jsonl"])
def test_two_processes_write_what_one_writes(tag: Tag, texts: list[str], tmp_path: Path, ending: str) -> None:
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")
    assert tag(tmp_path / "in.jsonl", tmp_path / f"one{ending}").exit_code == 0
    time.sleep(1.1)  # so that a date in the file would differ
    result = tag(tmp_path / "in.jsonl", tmp_path / f"two{ending}", "--workers", "2")
    assert result.exit_code == 0, result.output
    assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"two{ending}").read_bytes()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_run_is_taken_up(source: Path, tiny_models: Path, tmp_path: Path, workers: int) -> None:
    whole, target = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    process = start(source, whole, tiny_models, workers)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "were there from before" not in output
    folder = tmp_path / "out.jsonl.parts"
    for parts in (10, 60):
        process = start(source, target, tiny_models, workers)
        wait_for(lambda parts=parts: len(list(folder.glob("*.part"))) >= parts)  # type: ignore[misc]
        children = children_of(process.pid)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=10)
        assert not target.exists()
        wait_for(lambda children=children: not any(map(is_alive, children)))  # type: ignore[misc]
    kept = sorted(folder.glob("*.part"))
    kept[0].write_bytes(kept[0].read_bytes()[:-1])
    process = start(source, target, tiny_models, workers)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert f"{40 * (len(kept) - 1):,} were there from before" in output
    assert target.read_bytes() == whole.read_bytes()
    assert not folder.exists()


def test_a_killed_worker_is_said_and_loses_nothing(source: Path, tiny_models: Path, tmp_path: Path) -> None:
    target, folder = tmp_path / "out.jsonl", tmp_path / "out.jsonl.parts"
    process = start(source, target, tiny_models, 2)
    wait_for(lambda: len(list(folder.glob("*.part"))) >= 2)
    os.kill(children_of(process.pid)[-1], signal.SIGKILL)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, "run the same command again" in errors) == (1, True)
    assert list(folder.glob("*.part"))
    process = start(source, target, tiny_models, 1)
    process.communicate(timeout=60)
    assert len(target.read_text(encoding="utf-8").splitlines()) == len(source.read_text().splitlines())


def test_parts_of_another_input_or_option_are_not_used(tag: Tag, texts: list[str], tmp_path: Path) -> None:
    source, target, folder = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "out.jsonl.parts"
    rows = [json.dumps({"text": text}) for text in texts[:30]]
    bad = json.dumps({"text": "x", "sector": "x"})
    source.write_text("\n".join([*rows, bad]))
    assert tag(source, target).exit_code == 1
    assert len(list(folder.glob("*.part"))) == 3
    state = json.loads((folder / "state.json").read_text())
    assert state["input"]["size"] == source.stat().st_size
    assert len(state["input"]["sha256"]) == 64
    source.write_text("\n".join([json.dumps({"text": "lampu jalan mati"}), *rows[1:]]))
    result = tag(source, target)
    assert "from before" not in result.stdout
    assert "lampu jalan mati" in target.read_text()
    assert not folder.exists()


def test_a_folder_of_someone_else_is_left_alone(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\njalan rusak\n")
    folder = tmp_path / "out.csv.parts"
    folder.mkdir()
    (folder / "mine.txt").write_text("x")
    result = tag(tmp_path / "in.csv", tmp_path / "out.csv")
    assert (result.exit_code, "move it away" in result.stderr) == (1, True)
    assert (folder / "mine.txt").read_text() == "x"


def test_a_second_run_on_the_same_output_is_turned_away(source: Path, tiny_models: Path, tmp_path: Path) -> None:
    target, folder = tmp_path / "out.jsonl", tmp_path / "out.jsonl.parts"
    first = start(source, target, tiny_models, 2)
    wait_for(lambda: list(folder.glob("*.part")))
    second = start(source, target, tiny_models, 1)
    _, errors = second.communicate(timeout=30)
    assert (second.returncode, "another run" in errors) == (1, True)
    assert first.communicate(timeout=60)[1] == ""
    assert first.returncode == 0
    assert len(target.read_text(encoding="utf-8").splitlines()) == len(source.read_text().splitlines())


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx", ".jsonl"])
def test_a_full_disk_is_said_and_the_run_goes_on_later(
    source: Path, tiny_models: Path, tmp_path: Path, ending: str
) -> None:
    target, limit = tmp_path / f"out{ending}", "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (30_000, -1)); "
    process = start(source, target, tiny_models, 2, limit)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, "the disk is full" in errors, len(errors.splitlines())) == (1, True, 1), errors
    assert not target.exists()
    assert list(tmp_path.glob("*/whole")) == []
    process = start(source, target, tiny_models, 1)
    assert process.communicate(timeout=60)[1] == ""
    assert target.exists()
    assert not list(tmp_path.glob("*.parts"))


def test_parts_of_another_city_are_not_used(
    tag: Tag, texts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps({"text": text}) for text in [*texts[:30], texts[0]]))
    with monkeypatch.context() as stopped:
        stopped.setattr("training.tagging.parts.check_unchanged", lambda *_: 1 / 0)
        assert tag(source, target).exit_code == 1
    city = read_city()
    departments = {code: replace(found, code=f"{code}_baru") for code, found in city.departments.items()}
    for module in ("job", "work"):
        monkeypatch.setattr(f"training.tagging.{module}.read_city", lambda: replace(city, departments=departments))
    monkeypatch.setattr("training.tagging.work._kept", local())
    result = tag(source, target)
    assert (result.exit_code, "from before" in result.stdout) == (0, False)
    assert all(json.loads(line)["department"].endswith("_baru") for line in target.read_text().splitlines())


def test_the_input_is_never_the_output(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\njalan rusak\n")
    assert tag(tmp_path / "in.csv", tmp_path / "in.csv").exit_code == 1
    assert (tmp_path / "in.csv").read_text() == "text\njalan rusak\n"


def test_no_folder_is_made_for_a_slip_of_the_pen(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\njalan rusak\n")
    result = tag(tmp_path / "in.csv", tmp_path / "nowhere" / "out.csv")
    assert (result.exit_code, "there is no folder" in result.stderr) == (1, True)
    assert not (tmp_path / "nowhere").exists()


def test_usage_and_summary(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\njalan rusak\n\nlampu jalan mati\n")
    result = tag(tmp_path / "in.csv", tmp_path / "out.csv")
    for words in ("rows", "needs review", "bad rows", "sector", "urgency", "a second", str(tmp_path / "out.csv")):
        assert words in result.stdout
    assert tag(tmp_path / "none.csv", tmp_path / "out.csv").exit_code == 2
    assert tag(tmp_path / "in.csv", tmp_path / "out.csv", "--workers", "0").exit_code == 2
    result = tag(tmp_path / "in.csv", tmp_path / "out.csv", "--models", str(tmp_path / "nothing"))
    assert (result.exit_code, "disposisi train" in result.stderr) == (1, True)


def test_every_added_column_is_documented() -> None:
    readme = (Path(__file__).parents[3] / "training" / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`{name}`" in readme


def wait_for(condition: object, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.005)


def children_of(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in found.split()]


def is_alive(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False
