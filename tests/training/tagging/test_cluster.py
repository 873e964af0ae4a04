"""Tagging on a real Dask cluster of this machine: a scheduler and two workers, one of them killed on the way."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from distributed import Client

from training.commands.tag import command
from training.tagging import chunks

from .conftest import Tag

MAIN = "import training.tagging.chunks as c; c.CHUNK_ROWS = 50; from disposisi import main; main()"
"""The command with short chunks, for a process of its own."""


def dask(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "dask", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def start_worker(scheduler: str, tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    started = []

    def start() -> "subprocess.Popen[bytes]":
        folder = str(tmp_path / "workers")
        process = dask(
            "worker", scheduler, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", folder
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(timeout=10)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler without workers."""
    file = tmp_path / "scheduler.json"
    process = dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    try:
        for _ in range(300):
            if file.exists():
                break
            time.sleep(0.1)
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            yield client.scheduler.address
    finally:
        process.kill()
        process.wait(timeout=10)


@pytest.fixture
def source(texts: list[str], tmp_path: Path) -> Path:
    many = [*texts, None] * 100
    pq.write_table(pa.table({"no": range(len(many)), "text": many}), tmp_path / "in.parquet", row_group_size=700)
    return tmp_path / "in.parquet"


def test_a_cluster_that_loses_a_worker_writes_what_one_process_writes(
    source: Path,
    tiny_models: Path,
    tmp_path: Path,
    scheduler: str,
    start_worker: Callable[[], "subprocess.Popen[bytes]"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 50)
    arguments = [str(source), str(tmp_path / "far.parquet"), "--models", str(tiny_models), "--scheduler", scheduler]
    victim, _ = start_worker(), start_worker()
    with Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=30)
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "tag", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    folder = tmp_path / "far.parquet.parts"
    until = time.monotonic() + 30
    while len(list(folder.glob("*.part"))) < 5:
        assert time.monotonic() < until
        time.sleep(0.005)
    assert process.poll() is None
    victim.kill()
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert f"rows {' ' * 15}" in output
    near = [str(source), str(tmp_path / "near.parquet"), "--models", str(tiny_models), "--workers", "1"]
    assert CliRunner().invoke(command, near).exit_code == 0
    assert (tmp_path / "far.parquet").read_bytes() == (tmp_path / "near.parquet").read_bytes()


def test_what_a_cluster_cannot_do_is_said(tag: Tag, source: Path, tmp_path: Path, scheduler: str) -> None:
    result = tag(source, tmp_path / "out.csv", "--scheduler", scheduler)
    assert (result.exit_code, "Parquet in and out" in result.stderr) == (1, True)
    result = tag(source, tmp_path / "out.parquet", "--scheduler", scheduler)
    assert (result.exit_code, "it has no worker" in result.stderr) == (1, True)
    result = tag(source, tmp_path / "out.parquet", "--scheduler", "nowhere at all")
    assert (result.exit_code, "no Dask scheduler" in result.stderr) == (1, True)
