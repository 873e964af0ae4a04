"""What a city owns is checked when it is read."""

import shutil
from pathlib import Path

import pytest

from model.city import DATA, City, CityError, read_city


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("taxonomy.toml", "departments.toml"):
        shutil.copy(DATA / name, tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_city(city: City) -> None:
    assert [len(city.labels[q]) for q in ("sector", "urgency", "kind")] == [25, 4, 3]
    assert list(city.labels["urgency"]) == ["rendah", "sedang", "tinggi", "darurat"]
    for sector in city.labels["sector"]:
        assert city.department_of(sector)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("taxonomy.toml", 'about = "Jalan', 'abuot = "Jalan', "'about' is missing"),
        ("departments.toml", '["infrastruktur"]', '["infrastruktr"]', "unknown sector 'infrastruktr'"),
        ("departments.toml", '["infrastruktur"]', "[]", "'infrastruktur' has no queue"),
        ("departments.toml", '["lingkungan"]', '["lingkungan", "infrastruktur"]', "belongs to"),
        ("departments.toml", 'queue = "dpupr"', 'queue = "dpupr"\ncolour = "red"', "unknown key 'colour'"),
        ("departments.toml", "[dlh]", "[dlh", "departments.toml"),
    ],
)
def test_a_mistake_is_named(folder: Path, name: str, old: str, new: str, message: str) -> None:
    change(folder / name, old, new)
    with pytest.raises(CityError, match=message):
        read_city(folder)
