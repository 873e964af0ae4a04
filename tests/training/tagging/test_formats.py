"""Every format in and out: rows and columns kept, the same answers whatever the format."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training.tagging import xlsx_file
from training.tagging.columns import NAMES

from .conftest import Tag

ENDINGS = (".csv", ".parquet", ".xlsx", ".jsonl")


def sheet_rows(path: Path) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    try:
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()


def as_rows(path: Path, tag: Tag) -> list[list[str]]:
    """Any output as CSV cells, by way of a second tagging under another prefix."""
    result = tag(path, path.with_name("as.csv"), "--prefix", "again_")
    assert result.exit_code == 0, result.output
    with path.with_name("as.csv").open(newline="", encoding="utf-8") as stream:
        return [row[: -len(NAMES)] for row in csv.reader(stream)]


@pytest.fixture
def source(texts: list[str], tmp_path: Path) -> Path:
    """Rows of text that no spreadsheet or number reader may touch."""
    with (tmp_path / "in.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = [["007", text, "NA"] for text in texts]
        csv.writer(stream).writerows([["no", "text", "x"], *rows, ["", "=HYPERLINK(1)", "1e5"], ["3", "", " "]])
    return tmp_path / "in.csv"


@pytest.mark.parametrize("first", ENDINGS)
@pytest.mark.parametrize("second", ENDINGS)
def test_from_any_format_to_any_other(tag: Tag, source: Path, tmp_path: Path, first: str, second: str) -> None:
    assert tag(source, tmp_path / f"a{first}").exit_code == 0
    result = tag(tmp_path / f"a{first}", tmp_path / f"b{second}", "--prefix", "b_")
    assert result.exit_code == 0, result.output
    assert tag(source, tmp_path / "wanted.csv").exit_code == 0
    with (tmp_path / "wanted.csv").open(newline="", encoding="utf-8") as stream:
        wanted = list(csv.reader(stream))
    found = as_rows(tmp_path / f"b{second}", tag)
    assert found[0] == [*wanted[0], *(f"b_{name}" for name in NAMES)]
    width = len(wanted[0])
    found = [["1.0" if cell == "1" else cell for cell in row] for row in found]  # Excel has no 1.0
    assert [row[:width] for row in found] == wanted
    assert [row[width:] for row in found[1:]] == [row[3:] for row in wanted[1:]]


def test_parquet_keeps_types_and_metadata(tag: Tag, texts: list[str], tmp_path: Path) -> None:
    count = len(texts)
    table = pa.table(
        {
            "id": pa.array(range(count), pa.int32()),
            "text": pa.array([*texts[:-1], None]).dictionary_encode(),
            "at": pa.array([datetime(2024, 1, 5)] * count, pa.timestamp("us", "Asia/Jakarta")),
            "tags": pa.array([["a"]] * count),
            "amount": pa.array([1] * count, pa.int64()).cast(pa.decimal128(22, 2)),
        }
    ).replace_schema_metadata({"owner": "dinkominfo"})
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=17)
    assert tag(tmp_path / "in.parquet", tmp_path / "out.parquet").exit_code == 0
    found = pq.read_table(tmp_path / "out.parquet")
    wanted = pq.read_table(tmp_path / "in.parquet")
    assert found.select(table.column_names).equals(wanted)
    assert found.schema.field("text").type == wanted.schema.field("text").type
    assert found.schema.metadata[b"owner"] == b"dinkominfo"
    assert found.column_names[5:] == list(NAMES)
    assert found.schema.field("sector_score").type == pa.float64()
    assert found.column("tag_note").to_pylist()[-2:] == ["", "teks_kosong"]
    assert tag(tmp_path / "in.parquet", tmp_path / "out.csv").exit_code == 0
    assert '["a"]' in (tmp_path / "out.csv").read_text().replace('""', '"')


def test_parquet_text_must_be_text(tag: Tag, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [["a"]]}), tmp_path / "in.parquet")
    result = tag(tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert (result.exit_code, "column 'text'" in result.stderr) == (1, True)
    (tmp_path / "no.parquet").write_bytes(b"PAR0")
    assert tag(tmp_path / "no.parquet", tmp_path / "out.parquet").exit_code == 1


def test_parquet_text_that_is_no_utf8_is_marked(tag: Tag, tmp_path: Path) -> None:
    raw = pa.array([b"jalan rusak", b"caf\xe9 ribut", None])
    column = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    pq.write_table(pa.table({"text": column, "too": column}), tmp_path / "in.parquet")
    assert tag(tmp_path / "in.parquet", tmp_path / "out.parquet").exit_code == 0
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.column("text").cast(pa.binary()).to_pylist() == raw.to_pylist()
    assert found.column("tag_note").to_pylist() == ["", "bukan_utf8", "teks_kosong"]
    assert tag(tmp_path / "in.parquet", tmp_path / "out.csv").exit_code == 0
    assert "caf\\xe9 ribut" in (tmp_path / "out.csv").read_text()


def test_damaged_files_are_named(tag: Tag, tmp_path: Path) -> None:
    texts = [f"jalan rusak nomor {i * 7919 % 1_000_003}" for i in range(3000)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "in.parquet", row_group_size=1000)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for text in ["text", *texts]:
        sheet.append([text])
    book.save(tmp_path / "in.xlsx")
    for name in ("in.parquet", "in.xlsx"):
        content = bytearray((tmp_path / name).read_bytes())
        middle = len(content) // 2
        content[middle : middle + 200] = b"\xaa" * 200
        (tmp_path / name).write_bytes(content)
        result = tag(tmp_path / name, tmp_path / "out.csv")
        assert (result.exit_code, f"{name}: cannot be read as" in result.stderr) == (1, True), result.output
        assert isinstance(result.exception, SystemExit)


def test_json_lines_keep_what_they_hold(tag: Tag, tmp_path: Path) -> None:
    lines = [
        '{"text": "jalan rusak", "n": 1.50, "big": 12345678901234567890, "n": 2}',
        '  {"other": {"a": [1, null]}}',
        '{"text": null}',
        '{"text": 112}',
        '{"text": ["jalan"]}',
        '{"text": "jalan rusak"',
        "[1, 2]",
        '{"text": "\\ud83d rusak"}',
        "",
    ]
    (tmp_path / "in.jsonl").write_bytes("\n".join(lines).encode() + b'{"text": "caf\xe9"}\r\n{}')
    result = tag(tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert result.exit_code == 0, result.output
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert written[0].startswith(lines[0][:-1] + ', "sector": ')
    rows = [json.loads(line) for line in written]
    assert [row["tag_note"] for row in rows] == [
        "",
        "teks_kosong",
        "teks_kosong",
        "",
        "bukan_teks",
        "bukan_json",
        "bukan_json",
        "",
        "bukan_utf8",
        "teks_kosong",
    ]
    assert [rows[5]["text"], rows[6]["text"], rows[8]["text"]] == [lines[5], lines[6], "café"]
    for target in ("out.csv", "out.parquet", "out.xlsx"):
        result = tag(tmp_path / "in.jsonl", tmp_path / target)
        assert result.exit_code == 0, result.output
    assert pq.read_table(tmp_path / "out.parquet").column("text").to_pylist()[5] == lines[5]


def test_json_lines_in_utf16_are_said(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "jalan rusak"}', encoding="utf-16")
    result = tag(tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert (result.exit_code, "UTF-16" in result.stderr) == (1, True)


def test_json_lines_with_a_taken_key_deep_in_the_file(tag: Tag, tmp_path: Path) -> None:
    rows = [{"text": "jalan rusak"}] * 12 + [{"text": "lampu mati", "sector": "x"}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    result = tag(tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert result.exit_code == 1
    assert "in.jsonl, row 13" in result.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_a_workbook_keeps_values_and_formats_and_runs_nothing(tag: Tag, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "tanggal", "text", "biaya"])
    sheet.append(["007", datetime(2024, 1, 5, 8), "jalan rusak\x09sekali", 12.5])
    sheet.append([8, None, "=1+1", True])
    sheet.append([])
    sheet.append([9, None, 112, None, "di luar"])
    sheet["A7"].number_format = "0.00"
    sheet["B2"].number_format = "dd/mm/yyyy"
    sheet["C3"].data_type = "s"
    book.save(tmp_path / "in.xlsx")
    result = tag(tmp_path / "in.xlsx", tmp_path / "out.xlsx")
    assert result.exit_code == 0, result.output
    out = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    rows = [list(row) for row in out.iter_rows(values_only=True)]
    assert rows[0] == ["id", "tanggal", "text", "biaya", *NAMES]
    assert rows[1][:4] == ["007", datetime(2024, 1, 5, 8), "jalan rusak\tsekali", 12.5]
    assert rows[2][:4] == [8, None, "=1+1", True]
    assert rows[3][:4] == [None] * 4
    assert rows[4][:4] == [9, None, 112, "; di luar"]
    assert [row[-1] for row in rows[1:]] == [None, None, "teks_kosong", "kolom_lebih"]
    assert out["B2"].number_format == "dd/mm/yyyy"
    assert (out["C3"].data_type, out["C3"].quotePrefix) == ("s", True)
    assert rows[1][11] is False or rows[1][11] is True


def test_formulas_in_text_are_no_formulas_in_the_workbook(tag: Tag, tmp_path: Path) -> None:
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "{=1+1}", "\t=1+1", '=HYPERLINK("http://x")', "http://x"]
    with (tmp_path / "in.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["text"], *([text] for text in dangerous)])
    assert tag(tmp_path / "in.csv", tmp_path / "out.xlsx").exit_code == 0
    out = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    cells = [row[0] for row in out.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == dangerous
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells] == [text[0] in "=+-@\t" for text in dangerous]


def test_letters_that_xml_cannot_hold_survive_a_workbook(tag: Tag, tmp_path: Path) -> None:
    """Excel writes them as _x000D_ and the like, in the sheet's own text too."""
    rows = [["text"], ["jalan\r\nrusak\x0b_x0041_\0"]]
    with (tmp_path / "in.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    assert tag(tmp_path / "in.csv", tmp_path / "a.xlsx").exit_code == 0
    assert tag(tmp_path / "a.xlsx", tmp_path / "b.xlsx", "--prefix", "b_").exit_code == 0
    assert as_rows(tmp_path / "b.xlsx", tag)[1][0] == rows[1][0]


def test_dates_of_any_precision_are_dates_in_a_workbook(tag: Tag, tmp_path: Path) -> None:
    at = [datetime(2024, 1, 5, 8, 30)]
    columns = {unit: pa.array(at, pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")}
    pq.write_table(pa.table({"text": ["jalan rusak"], **columns}), tmp_path / "in.parquet")
    assert tag(tmp_path / "in.parquet", tmp_path / "out.xlsx").exit_code == 0
    assert sheet_rows(tmp_path / "out.xlsx")[1][1:5] == at * 4


def test_more_rows_than_a_sheet_holds_are_refused_before_the_work(tag: Tag, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.nulls(xlsx_file.MAX_ROWS, pa.string())}), tmp_path / "in.parquet")
    result = tag(tmp_path / "in.parquet", tmp_path / "out.xlsx")
    assert (result.exit_code, "1,048,576 rows" in result.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_what_excel_cannot_hold_is_said(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text\n1,jalan\n2," + "a" * 40_000 + "\n")
    result = tag(tmp_path / "in.csv", tmp_path / "out.xlsx")
    assert result.exit_code == 1
    assert "in.csv, row 3, column 'text'" in result.stderr
    (tmp_path / "in.xlsx").write_bytes(b"no workbook")
    result = tag(tmp_path / "in.xlsx", tmp_path / "out.xlsx")
    assert (result.exit_code, "without a password" in result.stderr) == (1, True)


def test_long_numbers_stay_whole_in_a_workbook(tag: Tag, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["jalan rusak"], "no": [3375010101900001]}), tmp_path / "in.parquet")
    assert tag(tmp_path / "in.parquet", tmp_path / "out.xlsx").exit_code == 0
    assert sheet_rows(tmp_path / "out.xlsx")[1][1] == "3375010101900001"


@pytest.mark.parametrize("name", ["in.txt", "in.xls"])
def test_unknown_endings(tag: Tag, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("text\njalan rusak\n")
    result = tag(tmp_path / name, tmp_path / "out.csv")
    assert (result.exit_code, "unknown ending" in result.stderr) == (1, True)
