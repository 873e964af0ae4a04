"""Who may call what."""

import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from service.keys import REMEMBERED_SECONDS, hashed
from service.parts import Parts
from service.rates import PLACES, Rates
from service.store import keys
from tests.service.conftest import Api

OPEN = {"/health", "/ready", "/openapi.json", "/docs", "/docs.css"}
OPEN311 = "/open311/v2/"


def test_every_route_asks_for_a_key_or_is_meant_to_be_open(app: Flask, api_for: Callable[..., Api]) -> None:
    nobody = api_for()
    rules = list(app.url_map.iter_rules())
    assert len(rules) > 8
    for rule in rules:
        if rule.rule.startswith(OPEN311):
            continue  # its own form of refusal, in test_open311.py
        path = rule.rule.replace("<", "").replace(">", "")
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            status = nobody.open(path, method=method).status_code
            assert status == (200 if rule.rule in OPEN else 401), (method, rule.rule)


def test_every_route_is_described(app: Flask, api_for: Callable[..., Api]) -> None:
    described = api_for().get("/openapi.json").get_json()["paths"]
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(OPEN311):
            continue  # a public standard describes these
        assert rule.rule.replace("<", "{").replace(">", "}") in described


def test_a_wrong_revoked_or_expired_key_is_refused(
    api_for: Callable[..., Api], app: Flask, parts: Parts, add_key: Callable[..., str]
) -> None:
    assert Api(app.test_client(), "dsp_wrong").get("/v1/taxonomy").status_code == 401
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert api_for("intake", expires_at=yesterday).get("/v1/taxonomy").status_code == 401
    key = add_key("reviewer")
    with parts.database.write() as connection:
        name = keys.listed(connection)[-1].name
        assert keys.revoke(connection, name, datetime.now(UTC))
        assert not keys.revoke(connection, name, datetime.now(UTC))
    answer = Api(app.test_client(), key).get("/v1/taxonomy")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_door_remembers_keys_by_their_hash_and_for_some_seconds(
    app: Flask, add_key: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    door, allowed = app.extensions["door"], frozenset(("intake",))
    first, second = add_key("intake"), add_key("intake")
    assert door.enter(f"Bearer {first}", allowed) == door.enter(f"bearer  {first} ", allowed)
    assert set(door._known) == {hashed(first)}
    assert door.knows(f"Bearer {first}")
    assert not door.knows(first)
    later = time.monotonic() + REMEMBERED_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not door.knows(f"Bearer {first}")
    door.enter(f"Bearer {second}", allowed)
    assert set(door._known) == {hashed(second)}


def test_a_key_without_the_scope_is_told_which_is_needed(intake: Api) -> None:
    answer = intake.get("/v1/queues")
    assert answer.status_code == 403
    assert "reviewer" in answer.get_json()["detail"]


def test_a_key_is_held_to_its_rate(api_for: Callable[..., Api]) -> None:
    slow = api_for("intake", per_minute=3)
    assert [slow.get("/v1/taxonomy").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert int(slow.get("/v1/taxonomy").headers["Retry-After"]) >= 1


def test_processes_share_a_rate(tmp_path: Path) -> None:
    one, two = Rates(tmp_path / "rates"), Rates(tmp_path / "rates")
    assert [rates.wait(7, 4) > 0 for rates in (one, two, two, one, one, two)] == [False] * 4 + [True] * 2
    assert 14 < two.wait(7, 4) <= 15
    assert one.wait(8, 4) == 0.0
    one.charge(8, 4, 1_000)
    assert 74 < two.wait(8, 4) <= 75


def test_a_rate_from_before_the_machine_started_anew_holds_nobody_off(tmp_path: Path) -> None:
    (tmp_path / "rates").write_bytes(struct.pack("d", time.monotonic() + 1e6) * PLACES)
    assert Rates(tmp_path / "rates").wait(7, 4) == 0.0


def test_keys_are_stored_as_hashes_with_their_last_use(app: Flask, parts: Parts, api_for: Callable[..., Api]) -> None:
    api = api_for("intake")
    api.get("/v1/taxonomy")
    app.extensions["door"].note_uses()
    with parts.database.read() as connection:
        row = keys.listed(connection)[-1]
    assert api.headers["Authorization"].removeprefix("Bearer ") not in row.hash
    assert row.last_used_at is not None
