"""Cells of typed formats as text."""

import json
from datetime import date, datetime, time
from typing import Any


def as_text(value: Any) -> str:
    """Any cell as text; nothing for ``None``.

    >>> as_text(datetime(2024, 1, 5)), as_text(date(2024, 1, 5)), as_text(2.0), as_text(True), as_text(["a"])
    ('2024-01-05 00:00:00', '2024-01-05', '2.0', 'true', '["a"]')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=as_text)
    return str(value)
