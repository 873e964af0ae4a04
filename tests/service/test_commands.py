"""The commands of those who run the service, and the first start."""

import re
import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from disposisi import main
from service.config import Config
from tests.service.conftest import Api, hand_in
from tests.service.running import printed_curl, running_server


@pytest.fixture
def run(tmp_path: Path, shipped_models: Path):  # type: ignore[no-untyped-def]
    """Run a command of the installation in ``tmp_path``."""
    environment = {"DISPOSISI_VAR": str(tmp_path / "var"), "DISPOSISI_MODELS": str(shipped_models)}

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, env=environment)

    return run


def test_keys_are_made_listed_and_revoked(run) -> None:  # type: ignore[no-untyped-def]
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "status").exit_code == 0
    made = run("keys", "add", "lapor-ajib", "--scope", "intake", "--days", "30")
    assert re.fullmatch(r"dsp_\S{40,}\n", made.output)
    assert "exists" in run("keys", "add", "lapor-ajib", "--scope", "intake").output
    listed = run("keys", "list").output
    assert "lapor-ajib\tintake\t600/min\texpires" in listed
    assert made.output.strip() not in listed
    assert run("keys", "revoke", "lapor-ajib").exit_code == 0
    assert "revoked" in run("keys", "list").output
    assert run("keys", "revoke", "lapor-ajib").exit_code == 1


@pytest.mark.parametrize("scope", ["all", "department", "department:xyz", "intake:dlh"])
def test_a_wrong_scope_is_told(run, scope: str) -> None:  # type: ignore[no-untyped-def]
    made = run("keys", "add", "a", "--scope", scope)
    assert made.exit_code == 2
    assert "--scope" in made.output


@pytest.mark.parametrize("name", ["dishub/Rina", "  ", "a" * 51])
def test_a_name_that_events_could_not_carry_is_refused(run, name: str) -> None:  # type: ignore[no-untyped-def]
    made = run("keys", "add", name, "--scope", "intake")
    assert made.exit_code == 2
    assert "none of them a slash" in made.output


def test_a_database_without_tables_is_told(run) -> None:  # type: ignore[no-untyped-def]
    made = run("keys", "list")
    assert made.exit_code == 1
    assert "disposisi db upgrade" in made.output


def test_serve_prints_a_line_that_works(tmp_path: Path, shipped_models: Path) -> None:
    with running_server(tmp_path / "var", shipped_models) as server:
        line = printed_curl(server)
        answer = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=20, check=True)
        assert '"sector":{"key":"penerangan_jalan"' in answer.stdout
        assert "gelap sekali" not in server.log().replace(line, "")
        assert server.key not in server.log()
    assert (tmp_path / "var" / "first-key").stat().st_mode & 0o077 == 0
    with running_server(tmp_path / "var", shipped_models) as server:
        assert printed_curl(server).split("/v1")[1] == line.split("/v1")[1]
        assert server.key not in server.log()


@pytest.mark.parametrize(("host", "remedy"), [("127.0.0.1", "another --port"), ("192.0.2.1", "--host")])
def test_an_address_that_cannot_be_listened_on_is_told(run, host: str, remedy: str) -> None:  # type: ignore[no-untyped-def]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = run("serve", "--host", host, "--port", str(taken.getsockname()[1]))
    assert made.exit_code == 1
    assert f"cannot listen on {host}" in made.output
    assert remedy in made.output


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("LOG_LEVEL", "FOO"),
        ("LEASE_MINUTES", "0"),
        ("MAX_BODY", "0"),
        ("REMIND_DAYS", "two"),
        ("DUPLICATE_DAYS", "9999"),
    ],
)
def test_a_setting_that_cannot_be_is_told(
    run,  # type: ignore[no-untyped-def]
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
) -> None:
    monkeypatch.setenv(f"DISPOSISI_{setting}", value)
    made = run("db", "upgrade")
    assert made.exit_code == 1
    assert f"DISPOSISI_{setting} is {value!r}; give" in made.output


def test_queues_and_what_waits_in_them(intake: Api, config: Config) -> None:
    number = hand_in(intake)
    environment = {"DISPOSISI_DATABASE": config.database, "DISPOSISI_VAR": str(config.var)}

    def queue(*words: str) -> Result:
        return CliRunner().invoke(main, ["queue", *words], env=environment)

    assert "dishub\tDinas Perhubungan\t1\t0\t0" in queue().output
    listed = queue("dishub").output
    assert listed.split("\t")[:4] == [number, "sedang", "penerangan_jalan", "menunggu"]
    assert "gelap" not in listed
    assert queue("dishub", "--due", "overdue").output == ""
    unknown = queue("dlhk")
    assert unknown.exit_code == 2
    assert "dlh," in unknown.output
    assert queue("--due", "soon").exit_code == 2
