"""The import directions: data <- model <- training, data <- model <- service, and nothing else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {"model": {"model"}, "training": {"model", "training"}, "service": {"model", "service"}}
ROOMS = set(MAY_IMPORT) | {"disposisi", "tests"}


def imported_rooms(path: Path) -> set[str]:
    """The project's rooms that a file imports from, at any depth of its code."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the import with the room's name"
            found.add((node.module or "").split(".")[0])
    return found & ROOMS


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    files = list((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        assert imported_rooms(path) <= MAY_IMPORT[room], path


def test_data_holds_no_code() -> None:
    assert not list((ROOT / "data").rglob("*.py"))


def test_no_file_is_longer_than_400_lines() -> None:
    for path in ROOT.rglob("*.py"):
        if ".venv" not in path.parts:
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path
