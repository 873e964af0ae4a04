"""Tells receivers outside what happened, at least once. Several threads and processes may do it at once.

Events go from the outbox to a delivery a webhook; a sender leases a webhook, so that one slow receiver holds one thread
and each receiver is told by one sender, in order. No lock and no transaction is held while a receiver is spoken to.
"""

import http.client
import logging
import secrets
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Timer
from urllib.parse import urlsplit

from service import cloudevents
from service.store import webhooks as store
from service.store.database import Database

log = logging.getLogger("disposisi")

TIMEOUT = 10.0
"""Seconds that a receiver has for its answer."""

LEASE = timedelta(minutes=5)
"""How long a sender keeps a webhook to itself; when it dies, another goes on after this time."""

AT_ONCE = 200
"""Events of one transaction."""

ATTEMPTS = 16
FIRST, LONGEST, REST = timedelta(seconds=5), timedelta(hours=6), timedelta(minutes=1)
"""Waits double from the first to the longest: 16 attempts take 35 hours. A receiver that does not answer well is left
alone for its wait, at the most ``REST``, with everything that it should be told."""


def wait_after(attempts: int) -> timedelta:
    """The wait after so many failed attempts.

    >>> [str(wait_after(n)) for n in (1, 2, 8, 14)]
    ['0:00:05', '0:00:10', '0:10:40', '6:00:00']
    """
    return min(FIRST * (1 << (attempts - 1)), LONGEST)


def deliver(database: Database) -> int:
    """Send all that is due now; returns how many receivers' answers were good."""
    spread(database)
    good = 0
    while True:
        found = _send_to_one(database)
        if found is None:
            return good
        good += found


def spread(database: Database) -> None:
    """Make deliveries of the outbox's events."""
    with database.read() as connection:
        new = store.anything_new(connection)
    while new:
        with database.write() as connection:
            now = datetime.now(UTC)
            hooks = store.everyone(connection)
            events = store.take_new(connection, AT_ONCE)
            rows = [
                {
                    "webhook": hook.id,
                    "event": event.id,
                    "left": cloudevents.leaves(hook, event),
                    "created_at": now,
                    "attempts": 0,
                    "next_at": now,
                }
                for event in events
                for hook in hooks
                if cloudevents.concerns(hook, event)
            ]
            if events:
                store.hand_over(connection, [event.id for event in events], rows)
        new = len(events) == AT_ONCE


def _send_to_one(database: Database) -> int | None:
    """Lease a webhook and send what is due to it; None when no webhook is free and has something due."""
    mark, began = secrets.token_hex(16), datetime.now(UTC)
    with database.read() as connection:
        if not store.any_ready(connection, began):
            return None
    with database.write() as connection:
        hook = store.lease(connection, mark, began, began + LEASE)
        if hook is None:
            return None
        events = store.due(connection, hook.id, began, AT_ONCE)
    good, rest = 0, None
    for event in events:
        if datetime.now(UTC) > began + LEASE - timedelta(seconds=2 * TIMEOUT):
            break
        seconds = int(time.time())
        body = cloudevents.body_of(hook, event)
        error = post(hook.url, body, cloudevents.headers_of(hook, event, seconds, body))
        now = datetime.now(UTC)
        wait = wait_after(event.attempts + 1)
        with database.write() as connection:
            if error is None:
                store.told(connection, hook.id, event.id, now)
            else:
                store.failed(
                    connection, hook.id, event.id, error, now + wait if event.attempts + 1 < ATTEMPTS else None
                )
        if error is None:
            good += 1
            continue
        fields = {"webhook": hook.name, "event": event.id, "attempt": event.attempts + 1, "error": error}
        log.warning("webhook failed", extra={"fields": fields})
        if not error.startswith("status 4") or error == "status 429":
            rest = now + min(wait, REST)
            break
    with database.write() as connection:
        store.rest(connection, hook.id, mark, rest)
    return good


def post(url: str, body: bytes, headers: dict[str, str]) -> str | None:
    """Send a request; None when the answer is good (2xx), else what went wrong. Redirects are not followed."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        # A receiver that sends a byte now and then would never meet a socket's timeout.
        end = Timer(TIMEOUT, _hang_up, [connection.sock])
        end.daemon = True
        end.start()
        try:
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        finally:
            end.cancel()
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        return type(error).__name__
    finally:
        connection.close()
    return None if 200 <= status < 300 else f"status {status}"


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        connection.shutdown(socket.SHUT_RDWR)
