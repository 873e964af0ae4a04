"""What only the real server shows: slow clients, bodies of untold length, bodies that are too long."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.service.conftest import LAMP
from tests.service.running import Server, post, running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shipped_models: Path) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("var"), shipped_models) as server:
        yield server


def ask(server: Server, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, object]]:
    """Status and JSON of an answer; a body that is an iterator goes in chunks, without its length."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=5)
    named = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json", **headers}
    connection.request(method, path, body, named)  # type: ignore[arg-type]
    answer = connection.getresponse()
    try:
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


def test_clients_that_send_drop_by_drop_stop_nobody(server: Server) -> None:
    place = urlsplit(server.address)
    with ExitStack() as open_connections:
        for path in ("/v1/classify", "/v1/complaints") * 20:
            slow = open_connections.enter_context(socket.create_connection((place.hostname, place.port)))
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\nContent-Length: 99\r\n"
            slow.sendall(f'{head}Content-Type: application/json\r\n\r\n{{"te'.encode())
        assert ask(server, "GET", "/health")[0] == 200
        assert ask(server, "GET", "/v1/taxonomy")[0] == 200
        assert post(server, "/v1/classify", {"text": LAMP})[0] == 200
        assert post(server, "/v1/complaints", {"text": LAMP})[0] == 201


def test_a_client_that_hangs_up_leaves_no_trace(server: Server) -> None:
    place = urlsplit(server.address)
    with socket.create_connection((place.hostname, place.port)) as gone:
        gone.sendall(b'POST /v1/complaints HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"text": "rahasia')
    time.sleep(0.2)
    assert ask(server, "GET", "/health")[0] == 200
    assert "Traceback" not in server.log()
    assert "rahasia" not in server.log()


def test_a_body_of_untold_length_is_read(server: Server) -> None:
    for path, status in (("/v1/classify", 200), ("/v1/complaints", 201)):
        answer = ask(server, "POST", path, iter([b'{"text": "lampu ', b'jalan mati"}']))
        assert (answer[0], answer[1]["sector"]["key"]) == (status, "penerangan_jalan")  # type: ignore[index]


def test_a_body_that_is_too_long_is_refused(server: Server) -> None:
    piece = b"a" * 1_000_000
    assert ask(server, "POST", "/v1/classify", iter([piece] * 9))[0] == 413
    assert ask(server, "POST", "/v1/classify", b'{"text":', **{"Content-Length": "8000001"})[0] == 413


def test_a_thousand_long_texts_let_others_through(server: Server) -> None:
    status, answer = ask(server, "POST", "/v1/classify", json.dumps({"texts": [LAMP * 3] * 1_000}))
    assert (status, len(answer["results"])) == (200, 1_000)  # type: ignore[arg-type]


def test_a_header_with_an_underscore_does_not_pass_for_another(server: Server) -> None:
    assert ask(server, "GET", "/v1/taxonomy", **{"X_Request_Id": "a"})[0] == 200
    headers = {"Authorization": "", "Authorization_": f"Bearer {server.key}"}
    assert ask(server, "GET", "/v1/taxonomy", **headers)[0] == 401


def test_addresses_and_methods_that_are_not_there(server: Server) -> None:
    assert ask(server, "GET", "/v1/pengaduan/%C3%A9%2F%20")[0] == 404
    assert ask(server, "PURGE", "/v1/classify")[0] == 405
    assert ask(server, "GET", "/v1/queues?offset=-1")[0] == 200
    assert ask(server, "GET", "/v1/queues/dishub?offset=-1")[0] == 422
