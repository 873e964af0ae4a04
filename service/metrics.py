"""What an operator watches, for Prometheus: requests and predictions are counted, the rest is asked of the database.

Counts of several processes are added up by way of files where PROMETHEUS_MULTIPROC_DIR names a folder, which
`disposisi serve` sees to. Restricted queues are left out: that something waits there is not for everyone to know.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from model.prediction import Prediction
from service.logs import ROUTE, Wsgi

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        # Imported here, since the library decides at its import whether processes count together.
        from prometheus_client import CollectorRegistry, Counter, Histogram

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
        self._known: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self._predictions = Counter(
            "disposisi_predictions",
            "Complaints read by the model; review: a person should look",
            ["sector", "review"],
            registry=self._registry,
        )

    def predicted(self, prediction: Prediction) -> None:
        """Count what the model made of a complaint."""
        sector = prediction.sector.key if prediction.sector else "-"
        self._predictions.labels(sector, str(prediction.needs_review).lower()).inc()

    def watch(self, wsgi_app: Wsgi) -> Wsgi:
        """An application whose every request is counted; what no route answers, under ``-``."""

        def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            began = time.perf_counter()

            def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
                route = environ.get(ROUTE)
                method, route = (environ["REQUEST_METHOD"], route) if route else ("-", "-")
                labels = (method, route, status[:3])
                if labels not in self._known:  # looking a child up costs more than counting
                    self._known[labels] = self._requests.labels(*labels), self._seconds.labels(method, route)
                count, seconds = self._known[labels]
                count.inc()
                seconds.observe(time.perf_counter() - began)
                return start_response(status, headers, exc_info)

            return wsgi_app(environ, start)

        return call

    def text(self, asked: Iterable["Metric"]) -> bytes:
        """Everything in Prometheus' text format. ``asked``: what is not counted but asked for now."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        counted = self._registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        return bytes(generate_latest(_Both(counted, asked)))


class _Both:
    """A registry's metrics and some more."""

    def __init__(self, counted: "CollectorRegistry", asked: Iterable["Metric"]) -> None:
        self._counted, self._asked = counted, asked

    def collect(self) -> Iterator["Metric"]:
        yield from self._counted.collect()
        yield from self._asked
