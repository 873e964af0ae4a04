"""Which column of a spreadsheet holds what, whatever its name."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

import pandas as pd

from model.city import City, successors
from model.prediction import QUESTIONS
from training.errors import DataError

NAMES = {
    "text": "text teks isi pesan aduan pengaduan laporan keluhan uraian message complaint deskripsi isi_laporan "
    "isi_aduan isi_pengaduan uraian_laporan uraian_aduan detail_laporan",
    "sector": "gold_sector sector sektor bidang kategori",
    "urgency": "gold_urgency urgency urgensi prioritas tingkat_urgensi",
    "kind": "gold_kind kind jenis jenis_laporan jenis_aduan klasifikasi",
    "received": "received received_at tanggal tanggal_laporan tanggal_aduan tgl waktu date created_at diterima",
    "area": "kelurahan kecamatan area wilayah lokasi",
    "source": "source sumber kanal channel",
    "weight": "weight bobot",
    "batch": "batch",
}
"""Role to the names by which a column of that role is known, the likeliest first."""


def plain(text: str) -> str:
    """A name as it is compared: small letters and digits, anything else one underscore.

    >>> plain(" Penerangan  Jalan-Umum ")
    'penerangan_jalan_umum'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def find_columns(frame: pd.DataFrame, given: Mapping[str, str | None], place: str) -> dict[str, str]:
    """Role to column: as ``given``, else by its name; the text else is the column with the longest entries.

    Columns that `disposisi tag` wrote are a model's answers and never taken for labels unasked.

    Raises
    ------
    DataError
        A given column is not there, or no column can hold the texts.
    """
    columns = {plain(str(column)): str(column) for column in frame.columns}
    listed = ", ".join(map(str, frame.columns))
    found: dict[str, str] = {}
    for role, names in NAMES.items():
        wanted = given.get(role)
        if wanted:
            if wanted not in frame.columns:
                close = get_close_matches(wanted, list(frame.columns), 1)
                hint = f"did you mean {close[0]!r}? " if close else ""
                raise DataError(f"{place}: no column {wanted!r}; {hint}The file has: {listed}")
            found[role] = wanted
            continue
        for name in names.split():
            if name in columns and not (name in QUESTIONS and f"{name}_score" in columns):
                found[role] = columns[name]
                break
    if "text" not in found:
        free = [column for column in map(str, frame.columns) if column not in found.values()]
        lengths = {column: frame[column].str.len().mean() for column in free}
        longest = max(lengths, key=lambda column: lengths[column], default="")
        if not longest or not lengths[longest] >= 15:
            raise DataError(f"{place}: no column looks like messages; name it by --text-column. The file has: {listed}")
        found["text"] = longest
    return found


class Labels:
    """The labels of one question: finds the key that an entry means, or the nearest one.

    >>> from model.city import read_city
    >>> Labels(read_city(), "sector").key_of("Lingkungan Hidup")
    'lingkungan'
    """

    def __init__(self, city: City, question: str) -> None:
        self.keys = tuple(city.labels[question])
        self.successors = successors(city.labels[question])
        self._known = {plain(label.name): key for key, label in city.labels[question].items()}
        self._known |= {plain(old): new[0] for old, new in self.successors.items() if len(new) == 1}
        self._known |= {plain(key): key for key in self.keys}

    def key_of(self, entry: str) -> str | None:
        """The key that an entry names by key, by name, or by a key it had before; None for anything else."""
        return entry if entry in self.keys else self._known.get(plain(entry))

    def parts_of(self, entry: str) -> tuple[str, ...]:
        """The keys that a label was split into; empty for any other entry."""
        parts = self.successors.get(plain(entry), ())
        return parts if len(parts) > 1 else ()

    def nearest(self, entry: str) -> str | None:
        """The known key whose key or name is most like an entry, if any is at all."""
        close = get_close_matches(plain(entry), list(self._known), 1, cutoff=0.5)
        return self._known[close[0]] if close else None
