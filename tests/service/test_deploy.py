"""The files of `service/deploy/`: systemd reads the unit, nginx serves the service as its site says."""

import json
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.service.conftest import LAMP
from tests.service.running import Server, free_port, running_server, wait_for

DEPLOY = Path(__file__).parents[2] / "service" / "deploy"
README = (Path(__file__).parents[2] / "service" / "README.md").read_text(encoding="utf-8")
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
MAIN = """daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def test_every_file_is_named_where_operators_look() -> None:
    for file in DEPLOY.iterdir():
        assert f"service/deploy/{file.name}" in README


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "disposisi.service").read_text(encoding="utf-8")
    unit = unit.replace("/opt/disposisi/.venv/bin/disposisi", "/bin/true").replace("User=disposisi", "User=root")
    (tmp_path / "disposisi.service").write_text(unit, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "disposisi.service")]
    made = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert "disposisi.service:" not in made.stderr


@pytest.fixture
def proxied(tmp_path: Path, shipped_models: Path) -> Iterator[tuple[Server, str]]:
    """A server, and the address of nginx in front of it, with the site as it ships but for ports and TLS."""
    with running_server(tmp_path / "var", shipped_models) as server:
        port, folder = free_port(), tmp_path / "nginx"
        folder.mkdir()
        site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        site = site.replace("127.0.0.1:8080", server.address.removeprefix("http://"))
        site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace("/var/log/nginx", str(folder))
        site = re.sub(r"ssl_certificate.*", "", site)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, site=site), encoding="utf-8")
        process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process)
            yield server, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


@pytest.mark.skipif(NGINX is None, reason="no nginx")
def test_the_site_serves_and_protects(proxied: tuple[Server, str], tmp_path: Path) -> None:
    server, address = proxied
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    with ExitStack() as slow:
        for _ in range(24):  # clients that never finish a body
            client = slow.enter_context(socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))))
            client.sendall(b"POST /open311/v2/requests.json HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\na=")
        request = urllib.request.Request(f"{address}/v1/complaints", json.dumps({"text": LAMP}).encode(), headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            number = answer.headers["X-Request-Id"]
            assert (answer.status, json.load(answer)["queue"]) == (201, "dishub")
    for size, status in ((8_000_000, 400), (8_000_001, 413)):
        request = urllib.request.Request(f"{address}/v1/classify", b" " * size, headers)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        with refused.value as error:
            assert error.status == status
    with urllib.request.urlopen(f"{address}/open311/v2/requests.json?api_key={server.key}", timeout=5) as answer:
        assert answer.status == 200
    server.process.terminate()
    server.process.wait(20)
    with pytest.raises(urllib.error.HTTPError) as away:
        urllib.request.urlopen(f"{address}/open311/v2/requests.json?api_key={server.key}", timeout=5)
    with away.value as error:
        assert error.status == 502
    logs = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "nginx").glob("disposisi*.log"))
    assert "POST /v1/complaints 201 " in logs
    assert number in logs
    assert number in server.log()
    assert server.key not in logs
