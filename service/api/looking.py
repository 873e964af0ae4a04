"""Looking at one complaint: what a key may see of it, as every view that shows it does."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, Row

from service.api.answers import Complaint, PassedOn, Receipt, complaint_of, passed_on, receipt_of
from service.endpoint import client
from service.parts import parts
from service.sight import no_such, visible_queues
from service.store import complaints as store


def seen(connection: Connection, complaint: str) -> Row[Any]:
    """A complaint that an officer's key may see; 404 for any other."""
    row = store.get(connection, complaint)
    if row is None or row.queue not in visible_queues(client(), parts().routing):
        raise no_such(f"complaint {complaint}")
    return row


def receipt_or_less(row: Mapping[str, Any]) -> Receipt | PassedOn:
    """The receipt, for a key that may see the complaint or handed it in; for any other nothing that tells its queue."""
    routing = parts().routing
    if row["queue"] in visible_queues(client(), routing) or row["client"] == client().id:
        return receipt_of(row, routing)
    return passed_on(row)


def whole(connection: Connection, row: dict[str, Any]) -> Complaint:
    """All that officers see, of its children and its parent those that this key may see itself."""
    app, number = parts(), row["id"]
    queues = visible_queues(client(), app.routing)
    return complaint_of(
        row | {"parent": store.parent_of(connection, number, queues) if row["parent"] else None},
        app.routing,
        None if row["anonymous"] else store.reporter_of(connection, number),
        store.completions_of(connection, number),
        store.children_of(connection, number, queues),
    )
