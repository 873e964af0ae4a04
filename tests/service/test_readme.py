"""What service/README.md says is so: its clients run, and it leaves no route, setting or scope out."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from service.config import Config
from service.keys import ROLES
from service.lifecycle import STEPS
from tests.service.running import running_server

README = (Path(__file__).parents[2] / "service" / "README.md").read_text(encoding="utf-8")
RUNNERS = {"sh": ["sh", "-c"], "python": [sys.executable, "-c"], "js": ["node", "--input-type=module", "-e"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shipped_models: Path):  # type: ignore[no-untyped-def]
    with running_server(tmp_path_factory.mktemp("readme") / "var", shipped_models) as running:
        yield running


@pytest.mark.parametrize("language", RUNNERS)
def test_the_clients_work(server, language: str) -> None:  # type: ignore[no-untyped-def]
    runner = RUNNERS[language]
    if shutil.which(runner[0]) is None:
        pytest.skip(f"{runner[0]} is not installed")
    found = re.search(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert found
    for message, text in (
        (f"{language}-1", "Lampu"),
        (f"{language}-2", "Tiang lampu"),
        (f"{language}-2", "Tiang lampu"),
    ):
        environment = os.environ | {"ADDRESS": server.address, "KEY": server.key, "MESSAGE": message}
        command = [*runner, found[1].replace("Lampu", text)]
        made = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
        assert made.returncode == 0, made.stderr
        assert "dishub" in made.stdout


def test_every_route_is_named(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        address = rule.rule.replace("<", "{").replace(">", "}")
        step = address.rpartition("/")[2]
        assert address in README or f"`{step}`" in README or address == "/docs.css", address


def test_every_setting_scope_and_step_is_named() -> None:
    for field in fields(Config):
        assert f"`DISPOSISI_{field.name.upper()}`" in README
    for role in ROLES:
        assert f"| `{role}" in README
    for step, rule in STEPS.items():
        for status in rule.allowed:
            row = next(line for line in README.splitlines() if line.startswith(f"| `{status}` |"))
            assert step in row or step == "correct", (step, status)
