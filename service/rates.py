"""How often a key may ask: one count for all processes of a machine, in a file that they share as memory."""

import mmap
import time
from pathlib import Path
from threading import Lock

MINUTE = 60.0
PLACES = 4096
"""Keys whose numbers differ by this share a rate."""

_NUMBER = 8  # bytes


class Rates:
    """A token bucket of one minute's worth a key.

    A bucket is one number: the moment (``time.monotonic``, which all processes of a machine share) at which it will be
    full again. Processes do not lock one another out, which would cost more than it is worth: two that change a number
    within the same microsecond let one request through uncounted.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            if path.stat().st_size < PLACES * _NUMBER:
                file.truncate(PLACES * _NUMBER)
            self._full_at = memoryview(mmap.mmap(file.fileno(), PLACES * _NUMBER)).cast("d")
        self._lock = Lock()

    def wait(self, key: int, per_minute: int) -> float:
        """Seconds until this key may ask again; 0.0 where it may now, and the request is counted."""
        now, step, place = time.monotonic(), MINUTE / per_minute, key % PLACES
        with self._lock:
            missing = self._missing(place, now)
            if missing + step > MINUTE + 1e-6:
                return missing + step - MINUTE
            self._full_at[place] = now + missing + step
        return 0.0

    def charge(self, key: int, per_minute: int, count: int) -> None:
        """Count a request that was let in as ``count`` more: the key waits for them afterwards, a minute at most."""
        now, place = time.monotonic(), key % PLACES
        with self._lock:
            missing = self._missing(place, now) + count * MINUTE / per_minute
            self._full_at[place] = now + min(missing, 2 * MINUTE)

    def _missing(self, place: int, now: float) -> float:
        """Seconds until a bucket is full."""
        missing = self._full_at[place] - now
        return missing if 0 < missing <= 2 * MINUTE + 1 else 0.0  # more is left from before the machine started anew
