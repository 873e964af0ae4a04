"""`disposisi routing check` and `disposisi export corrections`, on a database with complaints."""

import csv
import gc
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from prometheus_client.parser import text_string_to_metric_families

from disposisi import main
from model.city import DATA
from service.config import Config
from service.export import Example, examples
from service.parts import Parts
from service.store.corrections import everything
from tests.service.conftest import LAMP, LEVY, Api, hand_in

Run = Callable[..., Result]


@pytest.fixture
def run(config: Config) -> Run:
    """Run a command on the application's database."""
    environment = {"DISPOSISI_VAR": str(config.var), "DISPOSISI_DATABASE": config.database}
    return lambda *words: CliRunner().invoke(main, words, env=environment)


def test_the_rules_that_ship_are_sound(run: Run) -> None:
    made = run("routing", "check")
    assert made.exit_code == 0
    assert "are sound" in made.output


def test_a_change_of_rules_is_tried_on_stored_complaints(intake: Api, dishub: Api, run: Run, tmp_path: Path) -> None:
    lamp, decided = hand_in(intake), hand_in(intake)
    hand_in(intake, "")
    dishub.post(f"/v1/complaints/{decided}/redirect", {"department": "dlh", "reason": "x"})
    assert "0 of 2 open complaints" in run("routing", "check", "--dry-run").output
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("corpus"))
    path = tmp_path / "data" / "routing.toml"
    text = path.read_text(encoding="utf-8")
    rule = '[[rule]]\nname = "lampu"\nsector = ["penerangan_jalan"]\ndepartment = "dpupr"\nreason = "x"\n\n'
    path.write_text(text.replace("# Inside the city", rule + "# Inside the city", 1), encoding="utf-8")
    made = run("routing", "check", "--dry-run", "--data", str(tmp_path / "data"))
    assert made.exit_code == 0
    assert "1 of 2 open complaints" in made.output
    assert f"{lamp}\tdishub -> dpupr\tby lampu" in made.output
    assert dishub.get(f"/v1/complaints/{lamp}").get_json()["queue"] == "dishub"


def test_a_place_that_a_reviewer_confirmed_is_not_reviewed_again(intake: Api, reviewer: Api, run: Run) -> None:
    number = hand_in(intake, place={"kelurahan": "Antah Berantah"})
    assert reviewer.get(f"/v1/complaints/{number}").get_json()["review_reasons"] == ["lokasi_tidak_dikenal"]
    assert "0 of 1 open complaints" in run("routing", "check", "--dry-run").output
    confirmed = reviewer.post(f"/v1/complaints/{number}/corrections", {"reason": "Benar"}).get_json()
    assert confirmed["queue"] == "dishub"
    assert "0 of 1 open complaints" in run("routing", "check", "--dry-run").output


def test_a_mistake_in_the_rules_ends_with_its_place(run: Run, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("corpus"))
    with (tmp_path / "data" / "routing.toml").open("a", encoding="utf-8") as file:
        file.write('\n[advice.department.x]\ny = "z"\n')
    made = run("routing", "check", "--data", str(tmp_path / "data"))
    assert made.exit_code == 1
    assert "routing.toml, line" in made.output


def test_corrections_become_masked_training_rows(
    intake: Api, reviewer: Api, api_for: Callable[..., Api], run: Run, tmp_path: Path
) -> None:
    first = hand_in(intake, f"{LAMP}. Hubungi 0812-3456-7890")
    torn, levy = hand_in(intake), hand_in(intake, LEVY)
    reason = "Menurut 0812-3456-7890 ini pohon"
    reviewer.post(f"/v1/complaints/{first}/corrections", {"sector": "lingkungan", "reason": reason})
    reviewer.post(f"/v1/complaints/{torn}/corrections", {"sector": "energi", "reason": "x"})
    reviewer.post(f"/v1/complaints/{torn}/corrections", {"sector": "perhubungan", "reason": "x"})
    api_for("department:inspektorat").post(
        f"/v1/complaints/{levy}/corrections", {"urgency": "tinggi", "reason": "Masih berlangsung"}
    )
    target = tmp_path / "corrections.csv"
    made = run("export", "corrections", str(target))
    assert made.exit_code == 0
    assert "2 corrected complaints" in made.output
    assert f"{torn}\tcorrected twice: sector" in made.output
    assert "1 of restricted queues left out" in made.output
    with target.open(encoding="utf-8", newline="") as file:
        rows = {row["complaint"]: row for row in csv.DictReader(file)}
    assert set(rows) == {first, torn}
    assert rows[first]["text"].endswith("[telepon]")
    assert "0812" not in target.read_text(encoding="utf-8")
    assert (rows[first]["sector"], rows[first]["predicted_sector"]) == ("lingkungan", "penerangan_jalan")
    assert rows[torn]["sector"] == "perhubungan"
    assert "3 corrected" in run("export", "corrections", str(target), "--restricted").output


def test_a_confidential_complaint_and_an_officers_name_stay_inside(
    intake: Api, dishub: Api, run: Run, tmp_path: Path
) -> None:
    plain, secret = hand_in(intake), hand_in(intake, confidential=True)
    for number in (plain, secret):
        body = {"urgency": "tinggi", "reason": "x", "officer": "Rina/Sore"}
        assert dishub.post(f"/v1/complaints/{number}/corrections", body).status_code == 201
    target = tmp_path / "corrections.csv"
    made = run("export", "corrections", str(target))
    assert "1 corrected complaints" in made.output
    assert "1 confidential ones left out" in made.output
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["complaint"] for row in rows] == [plain]
    assert rows[0]["corrected_by"].startswith("department:dishub ")
    assert "Rina" not in target.read_text(encoding="utf-8")
    made = run("export", "corrections", str(target), "--confidential")
    assert "2 corrected complaints" in made.output
    assert "left out" not in made.output


def test_the_same_text_with_two_labels_is_a_conflict(intake: Api, reviewer: Api, run: Run, tmp_path: Path) -> None:
    for sector in ("energi", "lingkungan"):
        reviewer.post(f"/v1/complaints/{hand_in(intake)}/corrections", {"sector": sector, "reason": "x"})
    assert run("export", "corrections", str(tmp_path / "a.csv")).output.count("same text, other labels") == 2


def test_an_export_holds_a_row_at_a_time(intake: Api, reviewer: Api, parts: Parts) -> None:
    for _ in range(8):
        reviewer.post(f"/v1/complaints/{hand_in(intake)}/corrections", {"sector": "energi", "reason": "x"})
    most = 0
    with parts.database.read() as connection:
        for _example in examples(lambda: everything(connection, (), confidential=True)):
            most = max(most, sum(isinstance(one, Example) for one in gc.get_objects()))
    assert 0 < most <= 3


def test_drift_of_stored_complaints_for_prometheus(intake: Api, run: Run, config: Config, tmp_path: Path) -> None:
    figures = tmp_path / "drift.prom"
    options = ("--database", config.database, "--models", str(config.models), "--metrics", str(figures))
    assert "no messages" in run("drift", *options).output
    hand_in(intake), hand_in(intake), hand_in(intake, LEVY)
    made = run("drift", *options)
    assert made.exit_code == 0, made.output
    seen = {s.name: s.value for f in text_string_to_metric_families(figures.read_text()) for s in f.samples}
    assert seen["disposisi_drift_complaints"] == 2
    assert 0 < seen["disposisi_drift_confidence_mean"] <= 1
    assert list(tmp_path.glob("drift.prom*")) == [figures]
    assert run("drift", "--days", "1").exit_code == 2
