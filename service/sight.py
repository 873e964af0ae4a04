"""Who sees what: the one place that says which queues a key may look into, and what others are told."""

from service.keys import Client
from service.problems import Problem
from service.routing.rules import Routing


def visible_queues(client: Client, routing: Routing) -> frozenset[str]:
    """The queues of a key: those of its departments; for reviewers and admins all but the restricted ones."""
    return frozenset(
        queue.key
        for queue in routing.queues.values()
        if queue.department in client.departments or (client.sees_all and not queue.restricted)
    )


def no_such(what: str) -> Problem:
    """404 for what is not there and for what a key may not see alike. ``what``: "complaint 20261124-MG2G8GWQ"."""
    return Problem(404, f"No {what} that this key may see")
