"""The application factory."""

from flask import Flask

from service import logs, problems
from service.api import (
    classify,
    complaints,
    corrections,
    description,
    docs,
    health,
    history,
    metrics,
    open311,
    queues,
    taxonomy,
    work,
)
from service.config import Config, read_config
from service.keys import Door
from service.metrics import Metrics
from service.models import Models
from service.parts import Parts
from service.rates import Rates
from service.routing.load import read_routing
from service.store.database import Database

FEATURES = (
    classify,
    complaints,
    history,
    queues,
    work,
    corrections,
    taxonomy,
    health,
    metrics,
    description,
    docs,
    open311,
)


def create_app(config: Config | None = None) -> Flask:
    """A ready application. The database has been migrated before (`disposisi db upgrade`, `disposisi serve`).

    Raises
    ------
    CityError, ArtifactError, DatabaseError, ConfigError
        Something that it needs cannot be used; the message says what to do.
    """
    config = config or read_config()
    app = Flask("service", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = config.max_body
    database = Database(config.database, config.var / "running")
    routing = read_routing(config.data)
    counted = Metrics()
    app.extensions["parts"] = Parts(config, database, Models(config.models, routing.city.labels), routing, counted)
    app.extensions["door"] = Door(database, Rates(config.var / "rates"))
    app.wsgi_app = counted.watch(classify.straight(app))  # type: ignore[method-assign,assignment]
    logs.register(app, config.log_level)
    problems.register(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    return app
