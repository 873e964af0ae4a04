"""Events told to a real receiver that fails, hangs and recovers."""

import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from disposisi import main
from service import cloudevents, sender
from service.config import Config
from service.parts import Parts
from service.store import keys
from service.store.tables import deliveries, outbox, webhooks
from tests.service.conftest import LEVY, Api, hand_in, told_events
from tests.service.running import running_server

Run = Callable[..., Result]


class Receiver:
    """A server that keeps what it is told and answers as it is set: a status, or 0 to hang, or -1 to trickle."""

    def __init__(self) -> None:
        self.status, self.told = 204, list[tuple[dict[str, str], bytes]]()
        self.end = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if receiver.status == -1:
                    while not receiver.end.wait(0.05):
                        self.wfile.write(b"H")
                if receiver.status <= 0:
                    receiver.end.wait(20)
                    return
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook?a=b"

    def events(self) -> list[str]:
        return [json.loads(body)["type"].removeprefix("disposisi.complaint.") for _, body in self.told]

    def close(self) -> None:
        self.end.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def make_receiver() -> Iterator[Callable[[], Receiver]]:
    made: list[Receiver] = []

    def make() -> Receiver:
        made.append(Receiver())
        return made[-1]

    yield make
    for receiver in made:
        receiver.close()


@pytest.fixture
def receiver(make_receiver: Callable[[], Receiver]) -> Receiver:
    return make_receiver()


@pytest.fixture
def run(config: Config) -> Run:
    environment = {"DISPOSISI_VAR": str(config.var), "DISPOSISI_DATABASE": config.database}
    return lambda *words: CliRunner().invoke(main, ["webhooks", *words], env=environment)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "TIMEOUT", 0.3)


def make_due(parts: Parts) -> None:
    """Let all waits pass."""
    past = datetime.now(UTC) - timedelta(hours=1)
    with parts.database.write() as connection:
        connection.execute(sa.update(deliveries).where(deliveries.c.next_at.is_not(None)).values(next_at=past))
        connection.execute(sa.update(webhooks).values(lease_until=None))


def waiting(parts: Parts) -> list[sa.Row]:  # type: ignore[type-arg]
    with parts.database.read() as connection:
        return list(connection.execute(sa.select(deliveries).order_by(deliveries.c.event)))


def test_a_queue_is_told_in_signed_cloudevents(
    intake: Api, dishub: Api, parts: Parts, receiver: Receiver, run: Run
) -> None:
    secret = run("add", "dishub", receiver.url, "--queue", "dishub").output.strip()
    number = hand_in(intake)
    dishub.post(f"/v1/complaints/{number}/acknowledge", {"officer": "Rina"})
    assert receiver.told == []
    assert sender.deliver(parts.database) == 2
    assert sender.deliver(parts.database) == 0
    headers, body = receiver.told[0]
    event = json.loads(body)
    assert headers["content-type"] == "application/cloudevents+json"
    assert {name: event[name] for name in ("specversion", "type", "subject", "datacontenttype")} == {
        "specversion": "1.0",
        "type": "disposisi.complaint.received",
        "subject": number,
        "datacontenttype": "application/json",
    }
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    assert event["source"]
    assert event["data"]["details"]["department"] == "dishub"
    assert "Melati" not in body.decode()
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert receiver.events() == ["received", "acknowledged"]
    assert waiting(parts) == []
    with parts.database.read() as connection:
        assert list(connection.execute(sa.select(outbox))) == []


def test_a_new_secret_signs_what_the_receiver_refused_before(
    intake: Api, parts: Parts, receiver: Receiver, run: Run
) -> None:
    run("add", "dishub", receiver.url, "--queue", "dishub")
    hand_in(intake)
    receiver.status = 401
    sender.deliver(parts.database)
    secret = run("rotate", "dishub").output.strip()
    receiver.status = 204
    make_due(parts)
    assert sender.deliver(parts.database) == 1
    (old, _), (new, body) = receiver.told
    signed = cloudevents.signature(secret, new["webhook-id"], int(new["webhook-timestamp"]), body)
    assert new["webhook-signature"] == signed
    assert old["webhook-signature"] != new["webhook-signature"]


def test_a_client_is_told_what_it_may_see_of_its_own(
    intake: Api, dishub: Api, parts: Parts, receiver: Receiver, run: Run, api_for: Callable[..., Api]
) -> None:
    assert run("add", "kanal", receiver.url, "--client", name_of_key_of(parts, "intake")).exit_code == 0
    number = hand_in(intake)
    hand_in(api_for("intake"))
    dishub.post("/v1/queues/dishub/claim", {"officer": "Rina", "complaint": number})
    dishub.post(f"/v1/complaints/{number}/resolve", {"officer": "Rina", "message": "Sudah menyala"})
    moved = hand_in(intake)
    for changed in ({"kind": "permintaan_informasi"}, {"sector": "lingkungan"}):
        dishub.post(f"/v1/complaints/{moved}/corrections", {"reason": "Pohon", **changed})
    sender.deliver(parts.database)
    assert receiver.events() == ["received", "resolved", "received", "corrected"]
    assert json.loads(receiver.told[3][1])["data"] == {"complaint": moved, "queue": "dlh"}
    data = json.loads(receiver.told[1][1])["data"]
    assert data == {"complaint": number, "queue": "dishub", "message": "Sudah menyala"}


def name_of_key_of(parts: Parts, scope: str) -> str:
    with parts.database.read() as connection:
        return next(str(row.name) for row in keys.listed(connection) if scope in row.scopes)


def test_a_queue_that_a_complaint_leaves_learns_no_more_than_that(
    intake: Api, dishub: Api, parts: Parts, make_receiver: Callable[[], Receiver], run: Run
) -> None:
    old, new = make_receiver(), make_receiver()
    run("add", "lama", old.url, "--queue", "dishub")
    run("add", "baru", new.url, "--queue", "inspektorat-khusus")
    number = hand_in(intake)
    dishub.post(
        f"/v1/complaints/{number}/redirect", {"queue": "inspektorat-khusus", "reason": "Ada permintaan uang di sini"}
    )
    hand_in(intake, LEVY)
    sender.deliver(parts.database)
    assert (old.events(), new.events()) == (["received", "left"], ["redirected", "received"])
    assert json.loads(old.told[1][1])["data"] == {"complaint": number}


def test_what_fails_is_tried_again_later_and_arrives_in_order(
    intake: Api, dishub: Api, parts: Parts, receiver: Receiver, run: Run
) -> None:
    run("add", "dishub", receiver.url, "--queue", "dishub")
    number = hand_in(intake)
    dishub.post(f"/v1/complaints/{number}/acknowledge", {})
    receiver.status = 503
    assert sender.deliver(parts.database) == 0
    assert receiver.events() == ["received"], "an unwell receiver is left alone"
    assert [(row.attempts, row.error) for row in waiting(parts)] == [(1, "status 503"), (0, None)]
    assert sender.deliver(parts.database) == 0
    receiver.status = 204
    make_due(parts)
    assert sender.deliver(parts.database) == 2
    assert receiver.events() == ["received", "received", "acknowledged"]
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == 2


def test_what_a_receiver_refuses_does_not_hold_up_the_rest(
    intake: Api, parts: Parts, receiver: Receiver, run: Run
) -> None:
    run("add", "dishub", receiver.url, "--queue", "dishub")
    hand_in(intake), hand_in(intake)
    receiver.status = 400
    sender.deliver(parts.database)
    assert [row.attempts for row in waiting(parts)] == [1, 1]


@pytest.mark.parametrize("status", [0, -1])
def test_a_receiver_that_hangs_is_hung_up_on_and_others_are_told(
    status: int, intake: Api, parts: Parts, make_receiver: Callable[[], Receiver], run: Run
) -> None:
    hanging, well = make_receiver(), make_receiver()
    run("add", "macet", hanging.url, "--queue", "dishub")
    run("add", "sehat", well.url, "--queue", "dishub")
    hanging.status = status
    hand_in(intake)
    began = time.monotonic()
    assert sender.deliver(parts.database) == 1
    assert time.monotonic() - began < 5
    assert len(waiting(parts)) == 1


def test_what_nobody_takes_is_given_up_listed_and_sent_again(
    intake: Api, dishub: Api, parts: Parts, receiver: Receiver, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "ATTEMPTS", 3)
    run("add", "dishub", receiver.url, "--queue", "dishub")
    number = hand_in(intake)
    receiver.status = 500
    for _ in range(5):
        sender.deliver(parts.database)
        make_due(parts)
    assert len(receiver.told) == 3
    assert "0 waiting\t1 dead" in run("list").output
    listed = run("dead", "dishub").output.split("\t")
    assert (listed[0], listed[2], listed[-1]) == ("dishub", number, "status 500\n")
    assert run("resend", "dishub", "--event", "99").output == "0 will be sent again\n"
    receiver.status = 204
    assert run("resend", "dishub", "--event", listed[1]).output == "1 will be sent again\n"
    assert sender.deliver(parts.database) == 1
    assert run("dead").output == ""
    assert told_events(dishub, number) == ["received"]


def test_many_senders_tell_each_event_once(intake: Api, parts: Parts, receiver: Receiver, run: Run) -> None:
    run("add", "dishub", receiver.url, "--queue", "dishub")
    run("add", "lagi", receiver.url, "--queue", "dishub")
    for _ in range(20):
        hand_in(intake)
    with ThreadPoolExecutor(6) as pool:
        good = sum(pool.map(lambda _: sender.deliver(parts.database), range(6)))
    assert good == 40
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == len(receiver.told) == 40


def test_a_senders_lease_ends_when_it_dies(intake: Api, parts: Parts, receiver: Receiver, run: Run) -> None:
    run("add", "dishub", receiver.url, "--queue", "dishub")
    hand_in(intake)
    sender.spread(parts.database)
    with parts.database.write() as connection:
        later = datetime.now(UTC) + sender.LEASE
        connection.execute(sa.update(webhooks).values(lease="another", lease_until=later))
    assert sender.deliver(parts.database) == 0
    with parts.database.write() as connection:
        connection.execute(sa.update(webhooks).values(lease_until=datetime.now(UTC)))
    assert sender.deliver(parts.database) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "a", "http://127.0.0.1/"), "either --queue or --client"),
        (("add", "a", "ftp://127.0.0.1/", "--queue", "dishub"), "use an address such as"),
        (("add", "a", "http://127.0.0.1:x/", "--queue", "dishub"), "use an address such as"),
        (("add", "a", "http://127.0.0.1/", "--queue", "xyz"), "no queue 'xyz'"),
        (("add", "a", "http://127.0.0.1/", "--client", "xyz"), "no valid key 'xyz'"),
        (("remove", "xyz"), "no webhook 'xyz'"),
        (("resend", "xyz"), "no webhook 'xyz'"),
        (("rotate", "xyz"), "no webhook 'xyz'"),
    ],
)
def test_a_mistake_is_told(words: tuple[str, ...], told: str, run: Run) -> None:
    made = run(*words)
    assert made.exit_code != 0
    assert told in made.output


def test_a_removed_webhook_is_told_nothing(intake: Api, parts: Parts, receiver: Receiver, run: Run) -> None:
    run("add", "dishub", receiver.url, "--queue", "dishub")
    assert "exists" in run("add", "dishub", receiver.url, "--queue", "dishub").output
    hand_in(intake)
    sender.spread(parts.database)
    assert run("remove", "dishub").exit_code == 0
    hand_in(intake)
    assert sender.deliver(parts.database) == 0
    assert receiver.told == []


def test_a_running_server_sends(tmp_path: Path, shipped_models: Path, receiver: Receiver, kind: str) -> None:
    if kind != "sqlite":
        pytest.skip("one server is enough")
    var = tmp_path / "var"
    with running_server(var, shipped_models) as server:
        command = ["webhooks", "add", "dishub", receiver.url, "--queue", "dishub"]
        assert CliRunner().invoke(main, command, env={"DISPOSISI_VAR": str(var)}).exit_code == 0
        request = urllib.request.Request(
            f"{server.address}/v1/complaints",
            json.dumps({"text": "Lampu jalan di Gang Melati mati sudah dua minggu"}).encode(),
            {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()
        end = time.monotonic() + 10
        while not receiver.told and time.monotonic() < end:
            time.sleep(0.1)
    assert receiver.events() == ["received"]
