"""Cutting CSV into rows: whatever the text, nothing is lost, and pieces are cut as the whole is."""

import io

from hypothesis import given
from hypothesis import strategies as st

from training.tagging.csv_text import row_sizes, split_rows

messy = st.text(alphabet='a,"\n\r\0 é', max_size=60)
lines = st.lists(
    st.sampled_from(['1,"a b"', '2,"a', 'b"', "", "x,y", '"q"z,1', '3,"""c"""', '4,"d\r', "\r"]), max_size=12
)


def check(text: str, piece_lines: int) -> None:
    text = "id,text\n" + text
    rows = split_rows(text, ",")
    assert "".join(row.body + row.tail for row in rows) == text
    found = list(io.StringIO(text, newline="\n"))
    pieces = ["".join(found[i : i + piece_lines]) for i in range(0, len(found), piece_lines)]
    sizes = list(row_sizes(pieces, ","))
    assert sizes == [len(row.body + row.tail) for row in rows]
    cut = sum(sizes[: len(sizes) // 2])
    assert split_rows(text[:cut], ",") + split_rows(text[cut:], ",") == rows


@given(messy, st.integers(1, 3))
def test_any_characters(text: str, piece_lines: int) -> None:
    check(text, piece_lines)


@given(lines, st.integers(1, 3))
def test_rows_with_sound_and_broken_quotes(rows: list[str], piece_lines: int) -> None:
    check("\n".join(rows), piece_lines)
