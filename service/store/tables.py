"""The tables. The schema itself is made by the migrations; a test holds both equal."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from service.lifecycle import RESOLVED, RUNNING

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = sa.JSON().with_variant(JSONB(), "postgresql")
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Counted up by the database; SQLite does so for INTEGER alone."""


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in time: aware in Python, UTC in the database (SQLite keeps no zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("scopes", Json, nullable=False),
    sa.Column("per_minute", sa.Integer),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
    sa.Column("last_used_at", Moment),
)

complaints = sa.Table(
    "complaints",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("client", sa.ForeignKey(api_keys.c.id), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("channel", sa.String(40)),
    sa.Column("external_reference", sa.String(200)),
    sa.Column("kecamatan", sa.String(60)),
    sa.Column("kelurahan", sa.String(60)),
    sa.Column("address", sa.String(500)),
    sa.Column("occurred_at", Moment),
    sa.Column("submitted_at", Moment),
    sa.Column("anonymous", sa.Boolean, nullable=False),
    sa.Column("confidential", sa.Boolean, nullable=False),
    sa.Column("prediction", Json, nullable=False),
    sa.Column("model_version", sa.String(80), nullable=False),
    sa.Column("parent", sa.ForeignKey("complaints.id")),
    sa.Column("secondary", Json, nullable=False),
)
SPLIT_OFF = complaints.c.parent.is_not(None)
sa.Index("ix_complaints_parent", complaints.c.parent, sqlite_where=SPLIT_OFF, postgresql_where=SPLIT_OFF)
"""``parent``: of a complaint that an officer split off. ``secondary``: sectors of further matters in the message."""

reporters = sa.Table(
    "reporters",
    metadata,
    sa.Column("complaint", sa.ForeignKey(complaints.c.id), primary_key=True),
    sa.Column("name", sa.String(200)),
    sa.Column("phone", sa.String(40)),
    sa.Column("email", sa.String(200)),
    sa.Column("address", sa.String(500)),
)

dispositions = sa.Table(
    "dispositions",
    metadata,
    sa.Column("complaint", sa.ForeignKey(complaints.c.id), primary_key=True),
    sa.Column("sector", sa.String(60), nullable=False),
    sa.Column("urgency", sa.String(60), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("rank", sa.SmallInteger, nullable=False),
    sa.Column("department", sa.String(60), nullable=False),
    sa.Column("queue", sa.String(60), nullable=False),
    sa.Column("status", sa.String(30), nullable=False),
    sa.Column("rule", sa.String(100), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("advice", sa.Text),
    sa.Column("review_reasons", Json, nullable=False),
    sa.Column("assigned_at", Moment, nullable=False),
    sa.Column("deadline", Moment, nullable=False),
    sa.Column("deadline_rule", sa.String(100), nullable=False),
    sa.Column("deadline_source", sa.Text, nullable=False),
    sa.Column("claimed_by", sa.String(120)),
    sa.Column("lease_until", Moment),
    sa.Column("reminded_at", Moment),
    sa.Column("escalated_at", Moment),
)
"""One row a complaint: the queue it waits in now. ``rank``: of the urgency, 0 the most urgent."""

_resolved = sa.literal(RESOLVED, literal_execute=True)
_running: sa.BindParameter[Any] = sa.bindparam("running", RUNNING, expanding=True, literal_execute=True)
IS_OPEN = dispositions.c.status != _resolved
IS_RESOLVED = dispositions.c.status == _resolved
NOT_ESCALATED = sa.and_(dispositions.c.status.in_(_running), dispositions.c.escalated_at.is_(None))
"""The conditions of the indexes below, in words without parameters: only a statement that has the same ones uses them.
What is open costs the same to find however large the archive is.
"""
_in_turn = (dispositions.c.queue, dispositions.c.rank, dispositions.c.deadline, dispositions.c.complaint)
_by_deadline = (dispositions.c.deadline, dispositions.c.complaint, dispositions.c.reminded_at)
sa.Index("ix_dispositions_open", *_in_turn, dispositions.c.status, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
sa.Index("ix_dispositions_resolved", *_in_turn, sqlite_where=IS_RESOLVED, postgresql_where=IS_RESOLVED)
sa.Index("ix_dispositions_due", *_by_deadline, sqlite_where=NOT_ESCALATED, postgresql_where=NOT_ESCALATED)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("complaint", sa.ForeignKey(complaints.c.id), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("type", sa.String(60), nullable=False),
    sa.Column("actor", sa.String(120), nullable=False),
    sa.Column("queue", sa.String(60), nullable=False),
    sa.Column("data", Json, nullable=False),
)
"""What happened to a complaint. Triggers refuse any change or removal."""

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("event", sa.ForeignKey(events.c.id), primary_key=True),
    sa.Column("created_at", Moment, nullable=False),
)
"""Events not yet handed to the webhooks. A trigger writes the row with the event, in its transaction."""

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False, unique=True),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("secret", sa.String(100), nullable=False),
    sa.Column("queue", sa.String(60)),
    sa.Column("client", sa.ForeignKey(api_keys.c.id)),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", Moment),
    sa.Column("delivered_at", Moment),
)
"""Receivers of a queue's events, or of those of an intake key's complaints. ``lease``: of the one who sends now."""

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("webhook", sa.ForeignKey(webhooks.c.id), primary_key=True),
    sa.Column("event", sa.ForeignKey(events.c.id), primary_key=True),
    sa.Column("left", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", Moment),
    sa.Column("error", sa.String(100)),
    sa.Index("ix_deliveries_due", "webhook", "next_at"),
)
"""What a receiver must still be told; told is removed. ``next_at`` null: given up. ``left``: of a queue left behind."""

corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("complaint", sa.ForeignKey(complaints.c.id), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.String(120), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("before", Json, nullable=False),
    sa.Column("after", Json, nullable=False),
)
"""``before`` and ``after``: the keys of sector, urgency, kind and department."""

completions = sa.Table(
    "completions",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("complaint", sa.ForeignKey(complaints.c.id), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
"""What a citizen added when asked to complete a complaint."""

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("client", sa.ForeignKey(api_keys.c.id), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("body", sa.String(64), nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False, index=True),
)
"""The first answer to a request that named an Idempotency-Key, and the hash of its body."""
