"""What an operator watches, for Prometheus: requests and predictions are counted, the rest is asked of the database.

Counts of several processes are added up by way of files where PROMETHEUS_MULTIPROC_DIR names a folder, which
`disposisi serve` sees to. What is restricted is left out: that something waits there is not for everyone to know.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.logs import ROUTE, Wsgi

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

TOGETHER = 64
"""Requests that are counted at once: the first count after other work costs several times as much as the next."""


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        # Imported here, since the library decides at its import whether processes count together.
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = CollectorRegistry()
        self._requests = Counter(
            "disposisi_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "disposisi_request_seconds",
            "Seconds until the answer",
            ["method", "route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._models = Gauge(
            "disposisi_model_processes",
            "Server processes that answer with a model",
            ["version"],
            multiprocess_mode="livesum",
            registry=self._registry,
        )
        self._version: str | None = None
        self._known: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self._waiting: deque[tuple[tuple[str, str, str], float]] = deque()
        self._predictions = Counter(
            "disposisi_predictions",
            "Complaints read by the model; review: a person should look",
            ["sector", "review"],
            registry=self._registry,
        )

    def predicted(self, prediction: Mapping[str, Any]) -> None:
        """Count what the model made of a complaint, as it is stored."""
        review = str(bool(prediction["review_reasons"])).lower()
        self._predictions.labels(prediction["sector"]["key"], review).inc()

    def answers_with(self, version: str) -> None:
        """Tell which model this process answers with from now on."""
        if version != self._version:
            if self._version is not None:
                self._models.labels(self._version).set(0)
            self._models.labels(version).set(1)
            self._version = version

    def watch(self, wsgi_app: Wsgi) -> Wsgi:
        """An application whose every request is counted; what no route answers, under ``-``."""

        def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            began = time.perf_counter()

            def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
                route = environ.get(ROUTE)
                labels = (environ["REQUEST_METHOD"], route, status[:3]) if route else ("-", "-", status[:3])
                self._waiting.append((labels, time.perf_counter() - began))
                if len(self._waiting) >= TOGETHER:
                    self.count_waiting()
                return start_response(status, headers, exc_info)

            return wsgi_app(environ, start)

        return call

    def count_waiting(self) -> None:
        """Count the requests that were answered since the last time."""
        found: dict[tuple[str, str, str], list[float]] = {}
        with suppress(IndexError):  # none is left; another thread may count too
            while True:
                labels, seconds = self._waiting.popleft()
                found.setdefault(labels, []).append(seconds)
        for labels, times in found.items():
            if labels not in self._known:  # looking a child up costs more than counting
                method, route, _ = labels
                self._known[labels] = self._requests.labels(*labels), self._seconds.labels(method, route)
            count, took = self._known[labels]
            count.inc(len(times))
            for seconds in times:
                took.observe(seconds)

    def text(self, asked: Iterable["Metric"]) -> bytes:
        """Everything in Prometheus' text format. ``asked``: what is not counted but asked for now."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

        self.count_waiting()
        counted = self._registry
        if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            for process in _ended(Path(folder)):
                with suppress(FileNotFoundError):  # another process did it meanwhile
                    mark_process_dead(process)  # type: ignore[no-untyped-call]
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        return bytes(generate_latest(_Both(counted, asked)))


def _ended(folder: Path) -> Iterator[int]:
    """Processes that count no more but have left their files. Windows has one process, and no harmless way to ask.

    A number that another user's process has by now is of one that ended too: all that count here have one user.
    """
    for file in folder.glob("gauge_live*.db") if os.name != "nt" else ():
        process = int(file.stem.rpartition("_")[2])
        try:
            os.kill(process, 0)
        except (ProcessLookupError, PermissionError):
            yield process


class _Both:
    """A registry's metrics and some more."""

    def __init__(self, counted: "CollectorRegistry", asked: Iterable["Metric"]) -> None:
        self._counted, self._asked = counted, asked

    def collect(self) -> Iterator["Metric"]:
        yield from self._counted.collect()
        yield from self._asked
