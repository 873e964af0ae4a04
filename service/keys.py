"""API keys: what they look like, what they allow, and which request carries which."""

import hashlib
import math
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from service.problems import Problem
from service.rates import Rates
from service.store import keys
from service.store.database import Database

ROLES = ("intake", "department", "reviewer", "metrics", "admin")
"""``department`` is written ``department:CODE`` in a key's scopes."""

REMEMBERED_SECONDS = 5.0
"""A key is looked up again after this time: a revoked one works no longer than that."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: a valid key. ``departments`` are those the key speaks for."""

    id: int
    name: str
    roles: frozenset[str]
    departments: frozenset[str]
    per_minute: int | None
    expires_at: datetime | None

    @property
    def sees_all(self) -> bool:
        """Whether the key sees every queue that is not restricted."""
        return not self.roles.isdisjoint(("reviewer", "admin"))

    def may(self, allowed: frozenset[str]) -> bool:
        """Whether one of the allowed roles is the key's; ``admin`` has them all."""
        return "admin" in self.roles or not self.roles.isdisjoint(allowed)


def new_key() -> str:
    """A new secret, 256 bits; the prefix lets scanners of leaked secrets find it."""
    return "dsp_" + secrets.token_urlsafe(32)


def hashed(key: str) -> str:
    """What is stored of a key. A plain SHA-256 is enough: keys are random, not chosen."""
    return hashlib.sha256(key.encode()).hexdigest()


def hash_of(authorization: str) -> str:
    """The hash of the key in an ``Authorization`` header; empty where it holds none."""
    scheme, _, key = authorization.partition(" ")
    return hashed(key.strip()) if scheme.lower() == "bearer" and key else ""


def client_of(row_scopes: list[str], id_: int, name: str, per_minute: int | None, expires: datetime | None) -> Client:
    """The client that a stored key stands for."""
    departments = frozenset(scope.partition(":")[2] for scope in row_scopes if scope.startswith("department:"))
    roles = frozenset(scope.partition(":")[0] for scope in row_scopes)
    return Client(id_, name, roles, departments, per_minute, expires)


class Door:
    """Lets requests in: finds the client of a key, and holds each key to its rate."""

    def __init__(self, database: Database, rates: Rates) -> None:
        self._database, self._rates = database, rates
        self._known: dict[str, tuple[float, Client]] = {}
        self._used: dict[int, datetime] = {}
        self._lock = Lock()

    def knows(self, authorization: str) -> bool:
        """Whether the key is remembered, so that ``enter`` need not ask the database."""
        remembered = self._known.get(hash_of(authorization))
        return remembered is not None and remembered[0] > time.monotonic()

    def enter(self, authorization: str, allowed: frozenset[str]) -> Client:
        """The client of a request with this ``Authorization`` header.

        Raises
        ------
        Problem
            401 without a valid key, 403 where the key lacks the scope, 429 past its rate.
        """
        client = self._client(authorization)
        if client is None or (client.expires_at and client.expires_at <= datetime.now(UTC)):
            raise Problem(
                401,
                "Send a valid API key: Authorization: Bearer KEY. Keys are made with: disposisi keys add",
                headers={"WWW-Authenticate": 'Bearer realm="disposisi"'},
            )
        self._hold_to_rate(client)
        if not client.may(allowed):
            raise Problem(403, f"This key lacks the scope; needed is one of: {', '.join(sorted(allowed))}")
        return client

    def _client(self, authorization: str) -> Client | None:
        """The client of an Authorization header, looked up at most every ``REMEMBERED_SECONDS``."""
        now, hash_ = time.monotonic(), hash_of(authorization)
        remembered = self._known.get(hash_)
        if remembered and remembered[0] > now:
            return remembered[1]
        if not hash_:
            return None
        with self._database.read() as connection:
            row = keys.by_hash(connection, hash_)
        if row is None or row.revoked_at is not None:
            return None
        client = client_of(row.scopes, row.id, row.name, row.per_minute, row.expires_at)
        with self._lock:
            fresh = {other: known for other, known in self._known.items() if known[0] > now}
            self._known = fresh | {hash_: (now + REMEMBERED_SECONDS, client)}
            self._used[client.id] = datetime.now(UTC)
        return client

    def charge(self, client: Client, count: int) -> None:
        """Count a request as ``count`` more; the client waits for them before its next one."""
        if client.per_minute:
            self._rates.charge(client.id, client.per_minute, count)

    def note_uses(self) -> None:
        """Write down when keys were used last; apart from requests, so that none waits for it."""
        with self._lock:
            used, self._used = self._used, {}
        if used:
            with self._database.write() as connection:
                for client, at in sorted(used.items()):
                    keys.used(connection, client, at)

    def _hold_to_rate(self, client: Client) -> None:
        wait = self._rates.wait(client.id, client.per_minute) if client.per_minute else 0.0
        if wait:
            raise Problem(
                429,
                f"More than {client.per_minute} requests a minute with this key",
                headers={"Retry-After": str(math.ceil(wait))},
            )
