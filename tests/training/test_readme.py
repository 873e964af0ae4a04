"""What training/README.md says is so: its five commands run as they stand, and it leaves no command out."""

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from disposisi import COMMANDS, main
from model import artifact

README = (Path(__file__).parents[2] / "training" / "README.md").read_text(encoding="utf-8")


def test_the_five_commands(corpus: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = corpus[["text", "sector", "urgency", "kind"]]
    rows.iloc[1::80].to_excel(tmp_path / "complaints.xlsx", index=False)
    rows.iloc[2::80].to_excel(tmp_path / "test.xlsx", index=False)
    small = corpus.iloc[::100].reset_index(drop=True)
    monkeypatch.setattr("training.prepare.read_corpus", lambda _city: small)  # the whole one takes two minutes
    monkeypatch.chdir(tmp_path)
    commands = re.search(r"Then:\n\n((?:    disposisi .*\n)+)", README)
    assert commands
    lines = [shlex.split(line)[1:] for line in commands.group(1).splitlines()]
    assert [line[0] for line in lines] == ["check", "train", "compare", "promote", "report"]
    for line in (["train"], *lines):
        outcome = CliRunner().invoke(main, line, catch_exceptions=False)
        assert outcome.exit_code == 0, outcome.output
    current = artifact.current(Path("var/models"))
    assert current
    assert artifact.read_manifest(current)["sources"][0]["name"] == "complaints.diperiksa.xlsx"
    assert Path("report.html").is_file()


def test_every_command_is_described() -> None:
    for name, module in COMMANDS.items():
        if module.startswith("training.") and name != "classify":
            assert f"`{name}" in README or f"disposisi {name}" in README, name
