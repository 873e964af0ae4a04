"""What an application is made of, and how a view finds it."""

from dataclasses import dataclass

from flask import current_app

from service.config import Config
from service.metrics import Metrics
from service.models import Models
from service.routing.rules import Routing
from service.store.database import Database


@dataclass(frozen=True, slots=True)
class Parts:
    """The long-lived parts of one application."""

    config: Config
    database: Database
    models: Models
    routing: Routing
    metrics: Metrics


def parts() -> Parts:
    """The present application's parts."""
    found = current_app.extensions["parts"]
    assert isinstance(found, Parts)
    return found
