"""The tag command as its users run it, with chunks so small that a short file has several."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from training.commands.tag import command
from training.tagging import chunks

Tag = Callable[..., Result]


@pytest.fixture
def tag(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Tag:
    """Run `disposisi tag IN OUT ...` with the tiny model and chunks of ten rows, in one process by default."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)

    def run(source: Path, target: Path, *options: str) -> Result:
        arguments = [str(source), str(target), "--models", str(tiny_models), "--workers", "1", *options]
        return CliRunner().invoke(command, arguments)

    return run


@pytest.fixture(scope="session")
def texts(corpus: pd.DataFrame) -> list[str]:
    """Messages of the corpus, with commas, quotes and line breaks."""
    return [str(text) for text in corpus["text"].iloc[::250]]
