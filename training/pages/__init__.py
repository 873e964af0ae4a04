"""Pages for heads of office: self-contained HTML in Indonesian, made from the templates in this folder."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()


def percent(share: float) -> str:
    """A share as Indonesians write it.

    >>> percent(0.876)
    '87,6%'
    """
    return f"{share:.1%}".replace(".", ",")


def number(count: int) -> str:
    """A count with points between the thousands.

    >>> number(11273)
    '11.273'
    """
    return f"{count:,}".replace(",", ".")


def date(iso: str) -> str:
    """A day in words.

    >>> date("2026-03-09T10:00:00+00:00")
    '9 Maret 2026'
    """
    year, month, day = iso[:10].split("-")
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"


def render(template: str, **values: Any) -> str:
    """A page; everything in ``values`` is escaped, save what is ``Markup``."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["angka"] = number
    return environment.get_template(template).render(**values)


def drawn(svg: str) -> Markup:
    """A plot of training.plots, which escapes what it is given."""
    return Markup(svg)
