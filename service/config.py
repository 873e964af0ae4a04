"""What an installation sets, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model.city import DATA

NUMBERS = {
    "max_body": (10_000, 1_000_000_000),
    "threads": (1, 1_000),
    "lease_minutes": (1, 480),
    "duplicate_days": (0, 365),
    "remind_days": (0, 60),
}
"""The least and the most of each number."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class ConfigError(ValueError):
    """A setting cannot be used; the message names the variable and the remedy."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one installation; each field is the variable ``DISPOSISI_`` + its name in capitals.

    ``var``: folder of what is made at run time. ``database``: SQLAlchemy address, by default SQLite in ``var``.
    ``models``: folder of trained models, by default in ``var``. ``data``: folder of what the city owns.
    ``max_body``: bytes of a request. ``threads``: of a process, for requests that wait. ``lease_minutes``: how long a
    claim holds. ``duplicate_days``: how far back probable duplicates are looked for. ``remind_days``: working days
    before the deadline. ``log_level``: of the standard library.
    """

    var: Path
    database: str
    models: Path
    data: Path
    max_body: int = 8_000_000
    threads: int = 8
    lease_minutes: int = 30
    duplicate_days: int = 14
    remind_days: int = 2
    log_level: str = "INFO"

    @property
    def first_key(self) -> Path:
        """The file that keeps the key made at the first start, so that `serve` can print a working line."""
        return self.var / "first-key"


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """The settings of an environment.

    >>> read_config({"DISPOSISI_VAR": "/srv/disposisi"}).database
    'sqlite:////srv/disposisi/disposisi.db'

    Raises
    ------
    ConfigError
        A value is none that the setting can have.
    """
    var = Path(environment.get("DISPOSISI_VAR") or "var")
    numbers = {}
    for name, (least, most) in NUMBERS.items():
        variable = f"DISPOSISI_{name.upper()}"
        if value := environment.get(variable):
            if not value.isdecimal() or not least <= int(value) <= most:
                raise ConfigError(f"{variable} is {value!r}; give a whole number from {least} to {most}")
            numbers[name] = int(value)
    level = (environment.get("DISPOSISI_LOG_LEVEL") or "INFO").upper()
    if level not in LEVELS:
        raise ConfigError(f"DISPOSISI_LOG_LEVEL is {level!r}; give one of {', '.join(LEVELS)}")
    return Config(
        var=var,
        database=environment.get("DISPOSISI_DATABASE") or f"sqlite:///{var / 'disposisi.db'}",
        models=Path(environment.get("DISPOSISI_MODELS") or var / "models"),
        data=Path(environment.get("DISPOSISI_DATA") or DATA),
        log_level=level,
        **numbers,
    )
