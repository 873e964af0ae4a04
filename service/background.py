"""One server process: the application behind its bridge, and what is done beside answering, each job in a thread."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from flask import Flask

from service.api import classify
from service.app import create_app
from service.bridge import Bridge
from service.keys import Door
from service.logs import told_of
from service.parts import Parts
from service.sender import deliver
from service.sweep import sweep

log = logging.getLogger("disposisi")

Job = Callable[[], object]


def jobs_of(app: Flask) -> list[tuple[float, Job]]:
    """Seconds between two runs, and what is run. Three send, so that two slow receivers do not keep others waiting."""
    parts: Parts = app.extensions["parts"]
    door: Door = app.extensions["door"]

    def follow_model() -> None:
        parts.models.refresh()
        parts.metrics.answers_with(parts.models.classifier.version)

    def sweep_now() -> None:
        sweep(parts, datetime.now(UTC))

    def deliver_due() -> None:
        deliver(parts.database)

    return [
        (2.0, follow_model),
        (1.0, parts.metrics.count_waiting),
        (60.0, sweep_now),
        (10.0, door.note_uses),
        *[(1.0, deliver_due)] * 3,
    ]


def application() -> Flask:
    """The application of one server process, with its jobs running; for any WSGI server."""
    app = create_app()
    for seconds, job in jobs_of(app):
        Thread(target=_repeat, args=(seconds, job), daemon=True, name=job.__name__).start()
    return app


def server() -> Bridge:
    """The same for Granian."""
    return bridged(application())


def bridged(app: Flask) -> Bridge:
    """An application behind its bridge. What is quick does not wait for a thread: ``/health`` tells of the process."""
    config, door = app.extensions["parts"].config, app.extensions["door"]

    def quick(environ: dict[str, Any]) -> bool:
        return environ["PATH_INFO"] == "/health" or classify.is_quick(environ, door)

    return Bridge(app.wsgi_app, quick, config.threads, config.max_body)


def _repeat(seconds: float, job: Job) -> None:
    """Run a job for ever; what goes wrong is logged by type and place, and tried again the next time."""
    while True:
        time.sleep(seconds)
        try:
            job()
        except Exception as error:  # noqa: BLE001 - a job must outlive a database that is away for a while
            log.error("job failed", extra={"fields": {"job": job.__name__, **told_of(error)}})  # noqa: TRY400
