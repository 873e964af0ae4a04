"""What a job tells at its end."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counts:
    """What the summary tells, of a part or of a whole job."""

    rows: int = 0
    review: int = 0
    sectors: Counter[str] = field(default_factory=Counter)
    urgencies: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Counts") -> None:
        """Add what another part counted."""
        self.rows += other.rows
        self.review += other.review
        self.sectors.update(other.sectors)
        self.urgencies.update(other.urgencies)
        self.notes.update(other.notes)


def as_text(counts: Counts, seconds: float, new_rows: int, target: str) -> str:
    """The summary as a person reads it in a terminal; ``new_rows`` were tagged in ``seconds``, the others before."""
    lines = [
        f"{'rows':26}{counts.rows:>12,}",
        _line("needs review", counts.review, counts.rows),
        _line("bad rows (tag_note)", counts.notes.total(), counts.rows),
        *(_line(f"  {note}", rows, counts.rows) for note, rows in counts.notes.most_common()),
    ]
    for title, found in (("sector", counts.sectors), ("urgency", counts.urgencies)):
        lines += ["", title, *(_line(f"  {key}", rows, counts.rows) for key, rows in found.most_common())]
    rate = f"{new_rows:,} rows tagged in {seconds:.1f} s, {new_rows / max(seconds, 1e-9):,.0f} a second"
    if before := counts.rows - new_rows:
        rate += f"; {before:,} were there from before"
    return "\n".join([*lines, "", rate, f"written to {target}"])


def _line(name: str, rows: int, of: int) -> str:
    return f"{name:26}{rows:>12,}{rows / of if of else 0:>8.1%}"
