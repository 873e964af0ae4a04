"""The running service against its own OpenAPI document: every check of schemathesis, over HTTP."""

import subprocess
import sys
from pathlib import Path

from tests.service.conftest import Api
from tests.service.running import running_server

HERE = Path(__file__).parent


def test_the_document_lists_the_citys_keys(intake: Api) -> None:
    document = intake.get("/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    sectors = document["components"]["schemas"]["CorrectionRequest"]["properties"]["sector"]["enum"]
    assert "penerangan_jalan" in sectors
    assert "x-city-keys" not in str(document)


def test_the_document_tells_of_a_silent_database_and_of_headers(intake: Api) -> None:
    paths = intake.get("/openapi.json").get_json()["paths"]
    for methods in paths.values():
        for operation in methods.values():
            told = operation["responses"]
            assert ("security" not in operation) or "Retry-After" in told["503"]["headers"]
            assert ("429" not in told) or "Retry-After" in told["429"]["headers"]
    created = paths["/v1/complaints"]["post"]["responses"]
    assert "Idempotent-Replayed" in created["201"]["headers"]
    assert "application/json" in paths["/ready"]["get"]["responses"]["503"]["content"]


def test_the_service_keeps_to_its_document(tmp_path: Path, shipped_models: Path) -> None:
    with running_server(tmp_path / "var", shipped_models) as server:
        command = [
            *(str(Path(sys.executable).with_name("st")), "--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{server.address}/openapi.json", "--header", f"Authorization: Bearer {server.key}"),
            *("--checks", "all", "--max-examples", "10", "--no-color", "--seed", "3375"),
        ]
        made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert made.returncode == 0, made.stdout[-6_000:]
        assert '"status": 500' not in server.log()
