"""What a receiver gets: an event as CloudEvents 1.0 JSON, signed as Standard Webhooks says. Pure.

The body carries numbers, states and officers' messages, never a citizen's words: who may read those asks for them.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from sqlalchemy.engine import Row

from service.lifecycle import for_the_sender
from service.routing.deadlines import JAKARTA

MEDIA = "application/cloudevents+json"
PREFIX = "whsec_"


def new_secret() -> str:
    """A new secret, 256 bits, as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def concerns(webhook: Row[Any], event: Row[Any]) -> bool:
    """Whether a webhook's receiver is told of an event of ``store.webhooks.take_new``."""
    if webhook.client is not None:
        return bool(webhook.client == event.client) and for_the_sender(event.type, event.data)
    return webhook.queue in (event.queue, event.before)


def leaves(webhook: Row[Any], event: Row[Any]) -> bool:
    """Whether the event takes the complaint out of the webhook's queue."""
    return webhook.queue is not None and bool(webhook.queue != event.queue)


def body_of(webhook: Row[Any], event: Row[Any]) -> bytes:
    """The event as one receiver may see it.

    A queue sees what happened; of a complaint that leaves it only that it left, since where to may not be its to know.
    An intake key sees what ``GET /v1/complaints/{complaint}/events`` shows it. ``source`` names the webhook: an event
    is told to several in different words.
    """
    type_, data = event.type, {"complaint": event.complaint}
    if event.left:
        type_ = "left"
    elif webhook.client is not None:
        data |= {"queue": event.queue} | {k: v for k, v in event.data.items() if k == "message"}
    else:
        data |= {"queue": event.queue, "actor": event.actor, "details": event.data}
    told = {
        "specversion": "1.0",
        "id": str(event.id),
        "source": f"urn:disposisi:webhook:{webhook.id}",
        "type": f"disposisi.complaint.{type_}",
        "subject": event.complaint,
        "time": event.at.astimezone(JAKARTA).isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def signature(secret: str, number: str, seconds: int, body: bytes) -> str:
    """HMAC-SHA256 over number, time and body (standardwebhooks.com).

    >>> sent = b'{"test": 2432232314}'  # the example of the specification
    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, sent)
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    made = hmac.digest(key, f"{number}.{seconds}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(made).decode()


def headers_of(webhook: Row[Any], event: Row[Any], seconds: int, body: bytes) -> dict[str, str]:
    """The headers of a request; ``webhook-id`` stays the same however often it is sent."""
    number = f"{webhook.id}-{event.id}"
    return {
        "Content-Type": MEDIA,
        "User-Agent": "disposisi",
        "webhook-id": number,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(webhook.secret, number, seconds, body),
    }
