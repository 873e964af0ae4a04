"""A server process as `disposisi serve` starts it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Server:
    """A running server: its process, its address, the key that it made, the file of its output."""

    process: subprocess.Popen[bytes]
    address: str
    key: str
    output: Path

    def log(self) -> str:
        """What it printed so far."""
        return self.output.read_text(encoding="utf-8")


@contextmanager
def running_server(var: Path, models: Path, *options: str, database: str | None = None) -> Iterator[Server]:
    """Start a server on a free port and wait until it is ready; stop it in the end."""
    var.mkdir(exist_ok=True)
    port = free_port()
    settings = {"DISPOSISI_VAR": str(var), "DISPOSISI_MODELS": str(models)}
    if database:
        settings["DISPOSISI_DATABASE"] = database
    output = var / f"output-{port}"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "disposisi", "serve", "--port", str(port), *options],
            env=os.environ | settings,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/ready", process)
        yield Server(process, address, (var / "first-key").read_text(encoding="utf-8").strip(), output)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def post(server: Server, path: str, body: object, **headers: str) -> tuple[int, Message, dict[str, Any]]:
    """Status, headers and JSON of the answer to a POST with the server's first key."""
    named = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(server.address + path, json.dumps(body).encode(), named)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, json.load(error)


def printed_curl(server: Server) -> str:
    """The line that the server printed to be tried."""
    found = re.search(r"curl .*", server.log())
    assert found
    return found.group()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until an address answers with success."""
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < end, f"{address} does not answer"
            time.sleep(0.1)
        else:
            return
