"""What a running server does beside answering, each job in a thread of its own."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread

from flask import Flask

from service.app import create_app
from service.parts import Parts
from service.sender import deliver
from service.sweep import sweep

log = logging.getLogger("disposisi")

Job = Callable[[Parts], object]


def _sweep(app: Parts) -> None:
    sweep(app, datetime.now(UTC))


def _refresh(app: Parts) -> None:
    app.models.refresh()


def _deliver(app: Parts) -> None:
    deliver(app.database)


JOBS: tuple[tuple[float, Job], ...] = ((2.0, _refresh), (60.0, _sweep), *[(1.0, _deliver)] * 3)
"""Seconds between two runs, and what is run. Three send, so that two slow receivers do not keep the others waiting."""


def application() -> Flask:
    """The application of one server process, with its jobs running."""
    app = create_app()
    for seconds, job in JOBS:
        Thread(target=_repeat, args=(seconds, job, app.extensions["parts"]), daemon=True, name=job.__name__).start()
    return app


def _repeat(seconds: float, job: Job, parts: Parts) -> None:
    """Run a job for ever; what goes wrong is logged by its type, and tried again the next time."""
    while True:
        time.sleep(seconds)
        try:
            job(parts)
        except Exception as error:  # noqa: BLE001 - a job must outlive a database that is away for a while
            log.error("job failed", extra={"fields": {"job": job.__name__, "error": type(error).__qualname__}})  # noqa: TRY400
