"""Granian in front of the application: bodies are awaited, what may wait runs in threads, what is quick at once.

A WSGI server gives each request a thread before its body has come, so that as many slow clients as there are threads
stop it; and threads that compute at the same time cost each other more than half of the speed. Here one thread awaits
all bodies (Granian's own interface, RSGI) and answers at once what neither waits nor computes for long.
"""

import sys
from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from io import BytesIO
from typing import Any

from granian.rsgi import ProtocolClosed, Scope  # type: ignore[attr-defined]

from service.logs import Wsgi

Answer = tuple[int, list[tuple[str, str]], bytes]


class Bridge:
    """An RSGI application around a WSGI one. ``quick``: whether a request, by its environment, is answered at once.

    ``threads`` answer the others. A body longer than ``max_body`` bytes is not read to its end; the application sees by
    CONTENT_LENGTH that it is too long.
    """

    def __init__(self, app: Wsgi, quick: Callable[[dict[str, Any]], bool], threads: int, max_body: int) -> None:
        self._app, self.quick, self._max_body = app, quick, max_body
        self._pool = ThreadPoolExecutor(threads, "request")

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        environ = environ_of(scope)
        try:
            await self._read(environ, protocol)
        except ProtocolClosed:
            return  # the client hung up
        if self.quick(environ):
            answer = self._answer(environ)
        else:
            answer = await get_running_loop().run_in_executor(self._pool, self._answer, environ)
        protocol.response_bytes(*answer)

    async def _read(self, environ: dict[str, Any], protocol: Any) -> None:
        """Put the body and its length into the environment."""
        told = environ.get("CONTENT_LENGTH", "")
        if told.isdecimal():
            whole = await protocol() if 0 < int(told) <= self._max_body else b""
        else:
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            chunks, length = [], 0
            async for chunk in protocol:
                chunks.append(chunk)
                length += len(chunk)
                if length > self._max_body:
                    break
            whole, environ["CONTENT_LENGTH"] = b"".join(chunks), str(length)
        environ["wsgi.input"] = BytesIO(whole)

    def _answer(self, environ: dict[str, Any]) -> Answer:
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            told[:] = int(status[:3]), headers

        body = b"".join(self._app(environ, start))
        return told[0], told[1], body


def environ_of(scope: Scope) -> dict[str, Any]:
    """The WSGI environment of a request (PEP 3333), still without its body."""
    name, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path if scope.path.isascii() else scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for header, value in scope.headers.items():
        key = key_of(header)
        if key is not None:
            environ[key] = f"{environ[key]},{value}" if key in environ and key != "HTTP_HOST" else value
    return environ


@lru_cache(maxsize=1_000)
def key_of(header: str) -> str | None:
    """Where a header stands in the environment; nowhere with an underscore, which would pass for a hyphen."""
    if "_" in header:
        return None
    key = header.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
