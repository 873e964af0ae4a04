"""`GET /metrics`: for Prometheus."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from service.endpoint import route
from service.parts import Parts, parts
from service.store import metrics as store
from service.store.queues import loads

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

blueprint = Blueprint("metrics", __name__)

MEDIA = "text/plain; version=0.0.4; charset=utf-8"


@route(blueprint, "GET", "/metrics", roles=("metrics",), summary="Figures for Prometheus", media="text/plain")
def metrics() -> Response:
    app = parts()
    app.metrics.answers_with(app.models.classifier.version)
    return Response(app.metrics.text(list(asked(app, datetime.now(UTC)))), content_type=MEDIA)


def asked(app: Parts, now: datetime) -> Iterator["Metric"]:
    """What is asked for at each look; without an answering database only that it does not answer."""
    from prometheus_client.core import GaugeMetricFamily

    try:
        with app.database.read() as connection:
            found = [*_queues(app, connection, now), *_outbox(app, connection, now)]
    except SQLAlchemyError:
        found = []
    yield GaugeMetricFamily("disposisi_database_up", "Whether the database answers", value=1 if found else 0)
    yield from found


def _queues(app: Parts, connection: Connection, now: datetime) -> Iterator["Metric"]:
    """Depth, age and lateness of each queue that is not restricted."""
    from prometheus_client.core import GaugeMetricFamily

    load = loads(connection, now, now)
    since = store.oldest(connection)
    depth = GaugeMetricFamily("disposisi_queue_open", "Open complaints", labels=["queue"])
    late = GaugeMetricFamily("disposisi_queue_overdue", "Open complaints past their deadline", labels=["queue"])
    age = GaugeMetricFamily("disposisi_queue_oldest_seconds", "Age of the oldest open complaint", labels=["queue"])
    for queue in app.routing.queues.values():
        if queue.restricted:
            continue
        depth.add_metric([queue.key], load[queue.key].open if queue.key in load else 0)
        late.add_metric([queue.key], load[queue.key].overdue if queue.key in load else 0)
        age.add_metric([queue.key], _seconds(since.get(queue.key), now))
    yield from (depth, late, age)


def _outbox(app: Parts, connection: Connection, now: datetime) -> Iterator["Metric"]:
    """What receivers must still be told, but those of restricted queues."""
    from prometheus_client.core import GaugeMetricFamily

    count, since = store.outbox_waiting(connection)
    yield GaugeMetricFamily("disposisi_outbox_waiting", "Events not yet handed to the webhooks", value=count)
    yield GaugeMetricFamily("disposisi_outbox_lag_seconds", "Age of the oldest of them", value=_seconds(since, now))
    waiting = GaugeMetricFamily("disposisi_webhook_waiting", "Deliveries to come", labels=["webhook"])
    dead = GaugeMetricFamily("disposisi_webhook_dead", "Deliveries given up", labels=["webhook"])
    lag = GaugeMetricFamily("disposisi_webhook_lag_seconds", "Age of the oldest event to come", labels=["webhook"])
    hidden = [queue.key for queue in app.routing.queues.values() if queue.restricted]
    for name, to_come, given_up, oldest in store.webhooks_waiting(connection, hidden):
        waiting.add_metric([name], to_come)
        dead.add_metric([name], given_up)
        lag.add_metric([name], _seconds(oldest, now))
    yield from (waiting, dead, lag)


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
