"""Reminders and escalations."""

from datetime import UTC, datetime, timedelta

from service.parts import Parts
from service.store import queues
from service.sweep import sweep
from tests.service.conftest import Api, hand_in, told_events


def test_a_reminder_before_and_an_escalation_after_once_each(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    now = datetime.now(UTC) + timedelta(hours=2)
    assert sweep(parts, now) == (0, 0)
    with parts.database.write() as connection:
        queues.change(connection, number, {"deadline": now + timedelta(hours=5)})
    assert [sweep(parts, now), sweep(parts, now)] == [(1, 0), (0, 0)]
    later = now + timedelta(hours=6)
    assert [sweep(parts, later), sweep(parts, later)] == [(0, 1), (0, 0)]
    assert told_events(dishub, number) == ["received", "reminded", "escalated"]


def test_what_is_overdue_already_is_only_escalated(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    assert sweep(parts, datetime.now(UTC) + timedelta(days=60)) == (0, 1)
    assert told_events(dishub, number) == ["received", "escalated"]


def test_resolved_and_incomplete_complaints_are_left_alone(intake: Api, dishub: Api, parts: Parts) -> None:
    dishub.post(f"/v1/complaints/{hand_in(intake)}/resolve", {})
    dishub.post(f"/v1/complaints/{hand_in(intake)}/ask", {"message": "Di mana?"})
    assert sweep(parts, datetime.now(UTC) + timedelta(days=60)) == (0, 0)


def test_a_new_queue_starts_anew(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    then = datetime.now(UTC) + timedelta(days=60)
    sweep(parts, then)
    dishub.post(f"/v1/complaints/{number}/redirect", {"department": "dlh", "reason": "x"})
    assert sweep(parts, then) == (0, 1)


def test_many_are_told_in_parts(intake: Api, parts: Parts, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("service.sweep.AT_ONCE", 2)
    for _ in range(5):
        hand_in(intake)
    assert sweep(parts, datetime.now(UTC) + timedelta(days=60)) == (0, 5)


def test_an_emergency_has_hours_and_is_not_reminded_of_at_once(intake: Api, parts: Parts) -> None:
    told = intake.post("/v1/complaints", {"text": "Tolong ada kebakaran rumah di Krapyak api besar sekali"}).get_json()
    received, due = (datetime.fromisoformat(told[name]) for name in ("received_at", "deadline"))
    assert due - received == timedelta(hours=4)
    assert sweep(parts, received + timedelta(minutes=1)) == (0, 0)
    assert sweep(parts, received + timedelta(hours=2)) == (1, 0)
    assert sweep(parts, due) == (0, 1)
