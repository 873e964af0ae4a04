"""Webhooks, and what their receivers must still be told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import api_keys, complaints, deliveries, events, outbox, webhooks


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """Store a webhook; the values are named as the columns."""
    connection.execute(sa.insert(webhooks), [dict(values)])


def by_name(connection: Connection, name: str) -> Row[Any] | None:
    """The webhook of a name."""
    return connection.execute(sa.select(webhooks).where(webhooks.c.name == name)).one_or_none()


def change_secret(connection: Connection, webhook: int, secret: str) -> None:
    """Let another secret sign a webhook's requests."""
    connection.execute(sa.update(webhooks).where(webhooks.c.id == webhook).values(secret=secret))


def remove(connection: Connection, webhook: int) -> None:
    """Remove a webhook with all it should still have been told."""
    connection.execute(sa.delete(deliveries).where(deliveries.c.webhook == webhook))
    connection.execute(sa.delete(webhooks).where(webhooks.c.id == webhook))


def listed(connection: Connection) -> list[Row[Any]]:
    """All webhooks with ``waiting`` and ``dead``: how many deliveries are still to come, and were given up."""
    dead = sa.func.coalesce(sa.func.sum(sa.case((deliveries.c.next_at.is_(None), 1), else_=0)), 0)
    counts = (
        sa.select(deliveries.c.webhook, sa.func.count().label("everything"), dead.label("dead"))
        .group_by(deliveries.c.webhook)
        .subquery()
    )
    none = sa.literal(0)
    select = (
        sa.select(
            webhooks,
            sa.func.coalesce(counts.c.everything - counts.c.dead, none).label("waiting"),
            sa.func.coalesce(counts.c.dead, none).label("dead"),
        )
        .outerjoin(counts, counts.c.webhook == webhooks.c.id)
        .order_by(webhooks.c.name)
    )
    return list(connection.execute(select))


def dead(connection: Connection, name: str | None) -> list[Row[Any]]:
    """Deliveries given up, of one webhook or of all, the oldest first, with event and webhook name."""
    select = (
        sa.select(deliveries, webhooks.c.name, events.c.complaint, events.c.type, events.c.at)
        .join(webhooks, webhooks.c.id == deliveries.c.webhook)
        .join(events, events.c.id == deliveries.c.event)
        .where(deliveries.c.next_at.is_(None))
        .order_by(deliveries.c.event)
    )
    return list(connection.execute(select.where(webhooks.c.name == name) if name else select))


def resend(connection: Connection, webhook: int, chosen: Collection[int], now: datetime) -> int:
    """Send dead deliveries of a webhook again, those of some events or all; returns how many."""
    update = sa.update(deliveries).where(deliveries.c.webhook == webhook, deliveries.c.next_at.is_(None))
    if chosen:
        update = update.where(deliveries.c.event.in_(chosen))
    return int(connection.execute(update.values(next_at=now, attempts=0)).rowcount)


def anything_new(connection: Connection) -> bool:
    """Whether there are events that were not handed to the webhooks."""
    return connection.execute(sa.select(outbox.c.event).limit(1)).first() is not None


def take_new(connection: Connection, limit: int) -> list[Row[Any]]:
    """Events not yet handed to the webhooks, held by this transaction, with their complaint's ``client``.

    ``before``: the queue that the complaint was in until the event, or null.
    """
    held = sa.select(outbox.c.event).order_by(outbox.c.event).limit(limit).with_for_update(skip_locked=True)
    numbers = list(connection.execute(held).scalars())
    earlier = events.alias()
    before = (
        sa.select(earlier.c.queue)
        .where(earlier.c.complaint == events.c.complaint, earlier.c.id < events.c.id)
        .order_by(earlier.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    select = (
        sa.select(events, before.label("before"), complaints.c.client)
        .join(complaints, complaints.c.id == events.c.complaint)
        .where(events.c.id.in_(numbers))
        .order_by(events.c.id)
    )
    return list(connection.execute(select))


def hand_over(connection: Connection, handed: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace events in the outbox by the deliveries that they become."""
    if rows:
        connection.execute(sa.insert(deliveries), [dict(row) for row in rows])
    connection.execute(sa.delete(outbox).where(outbox.c.event.in_(handed)))


def everyone(connection: Connection) -> list[Row[Any]]:
    """All webhooks but those of revoked keys."""
    select = sa.select(webhooks).outerjoin(api_keys, api_keys.c.id == webhooks.c.client)
    return list(connection.execute(select.where(api_keys.c.revoked_at.is_(None))))


def _ready(now: datetime) -> sa.ColumnElement[bool]:
    due = sa.select(deliveries.c.event).where(deliveries.c.webhook == webhooks.c.id, deliveries.c.next_at <= now)
    free = sa.or_(webhooks.c.lease_until.is_(None), webhooks.c.lease_until <= now)
    return sa.and_(free, due.exists())


def any_ready(connection: Connection, now: datetime) -> bool:
    """Whether a webhook has something due and nobody sends to it."""
    return connection.execute(sa.select(webhooks.c.id).where(_ready(now)).limit(1)).first() is not None


def lease(connection: Connection, mark: str, now: datetime, until: datetime) -> Row[Any] | None:
    """A webhook with something due, leased to the one who gives the mark: no other sends to it until then."""
    select = sa.select(webhooks).where(_ready(now)).order_by(webhooks.c.lease_until, webhooks.c.id).limit(1)
    row = connection.execute(select.with_for_update(skip_locked=True)).one_or_none()
    if row is not None:
        held = sa.update(webhooks).where(webhooks.c.id == row.id).values(lease=mark, lease_until=until)
        connection.execute(held)
    return row


def rest(connection: Connection, webhook: int, mark: str, until: datetime | None) -> None:
    """End a lease, where it is still one's own; nobody sends to the webhook until a moment."""
    mine = sa.update(webhooks).where(webhooks.c.id == webhook, webhooks.c.lease == mark)
    connection.execute(mine.values(lease=None, lease_until=until))


def due(connection: Connection, webhook: int, now: datetime, limit: int) -> list[Row[Any]]:
    """What a webhook's receiver must be told by now, with the events, in the order in which they happened."""
    select = (
        sa.select(deliveries.c.attempts, deliveries.c.left, events)
        .join(events, events.c.id == deliveries.c.event)
        .where(deliveries.c.webhook == webhook, deliveries.c.next_at <= now)
        .order_by(deliveries.c.event)
        .limit(limit)
    )
    return list(connection.execute(select))


def told(connection: Connection, webhook: int, event: int, now: datetime) -> None:
    """Note that a receiver has been told."""
    connection.execute(sa.delete(deliveries).where(deliveries.c.webhook == webhook, deliveries.c.event == event))
    connection.execute(sa.update(webhooks).where(webhooks.c.id == webhook).values(delivered_at=now))


def failed(connection: Connection, webhook: int, event: int, error: str, next_at: datetime | None) -> None:
    """Note that a receiver could not be told, and when to try again; never: None."""
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.webhook == webhook, deliveries.c.event == event)
        .values(attempts=deliveries.c.attempts + 1, error=error, next_at=next_at)
    )
