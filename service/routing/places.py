"""Names of kecamatan and kelurahan as people write them."""

import re
from collections.abc import Iterable

_PREFIX = re.compile(r"^\s*(?:kelurahan|kel|kecamatan|kec)\b[\s.]*", re.IGNORECASE)
_OTHER = re.compile(r"[^a-z]")


def place_of(name: str | None, known: Iterable[str], city: str) -> str | None:
    """The known name that is meant, or the name as it was given.

    Case, spaces, "Kelurahan" or "Kec." before it and the city's name with it do not matter.

    >>> place_of("kel. krapyak", ["Krapyak"], "Kota"), place_of("Kecamatan Kota Utara", ["Utara"], "Kota")
    ('Krapyak', 'Utara')
    >>> place_of("Atlantis", ["Krapyak"], "Kota")
    'Atlantis'
    """
    if name is None:
        return None
    wanted = _letters(_PREFIX.sub("", name)).removeprefix(_letters(city))
    return next((one for one in known if _letters(one) == wanted), name)


def _letters(name: str) -> str:
    return _OTHER.sub("", name.lower())
