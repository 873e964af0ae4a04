"""Who sees what: the one place that says which queues a key may look into."""

from service.keys import Client
from service.routing.rules import Routing


def visible_queues(client: Client, routing: Routing) -> frozenset[str]:
    """The queues of a key: those of its departments; for reviewers and admins all but the restricted ones."""
    return frozenset(
        queue.key
        for queue in routing.queues.values()
        if queue.department in client.departments or (client.sees_all and not queue.restricted)
    )
