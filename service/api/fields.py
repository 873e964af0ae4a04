"""Kinds of fields that several requests share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from model.text import MAX_CHARS

NO_NUL = r"^[^\x00]*$"
"""No database keeps a NUL character in a text."""

Text = Annotated[str, StringConstraints(max_length=MAX_CHARS, pattern=NO_NUL)]
"""A citizen's message; may be empty, which a person then looks at."""

Short = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=NO_NUL, strip_whitespace=True)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL, strip_whitespace=True)]


Reason = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=NO_NUL, strip_whitespace=True)]


class Request(BaseModel):
    """What comes in: fields that are not known are refused, and a number is no text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OfficerRequest(Request):
    """A step of an officer; ``officer`` names the person where several use one key."""

    officer: Name | None = Field(default=None, examples=["Rina"])
