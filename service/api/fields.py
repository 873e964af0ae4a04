"""Kinds of fields that several requests share."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from model.text import MAX_CHARS

CITY_KEYS = "x-city-keys"
"""Marks a field in a schema until service.openapi puts the city's keys there."""

NO_NUL = r"^[^\x00]*$"
"""No database keeps a NUL character in a text."""

Text = Annotated[str, StringConstraints(max_length=MAX_CHARS, pattern=NO_NUL)]
"""A citizen's message; may be empty, which a person then looks at."""

NOT_BLANK = r"^[^\x00]*[^\s\x00][^\x00]*$"

Words = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CHARS, pattern=NOT_BLANK)]
"""A citizen's words that an officer or a channel adds to what is there: not nothing."""


def _short(longest: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=longest, pattern=NOT_BLANK, strip_whitespace=True)


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 30.0 is the whole number 30."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def _happened(value: datetime) -> datetime:
    """What lies far off is a slip, and the ends of the calendar cannot be shown in another zone."""
    if not EARLIEST <= value <= datetime.now(UTC) + timedelta(days=1):
        raise ValueError("give a time between 1990 and now")
    return value


Happened = Annotated[AwareDatetime, AfterValidator(_happened)]
"""A moment that has been; a day of grace stands for clocks and zones."""

Name = Annotated[str, _short(60)]
Short = Annotated[str, _short(200)]
Long = Annotated[str, _short(500)]
Reason = Annotated[str, _short(2_000)]
Minutes = Annotated[int, Field(ge=1, le=480), BeforeValidator(_whole)]


def one_of(first: str, second: str) -> ConfigDict:
    """What OpenAPI says of a model that wants exactly one of two fields; a validator holds it."""

    def just(wanted: str, other: str) -> dict[str, Any]:
        return {"required": [wanted], "properties": {wanted: {"not": {"type": "null"}}, other: {"type": "null"}}}

    return ConfigDict(json_schema_extra={"oneOf": [just(first, second), just(second, first)]})


def CityKey(name: str) -> Any:  # noqa: N802 - used as a type is, like pydantic's Field
    """An optional key that the city's files know: of a label, ``department`` or ``queue``. OpenAPI lists them."""
    return Field(default=None, json_schema_extra={CITY_KEYS: name})


class Request(BaseModel):
    """What comes in: fields that are not known are refused, and a number is no text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OfficerRequest(Request):
    """A step of an officer; ``officer`` names the person where several use one key, who else count as one."""

    officer: Name | None = Field(default=None, examples=["Rina"])
