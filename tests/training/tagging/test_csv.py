"""CSV in, CSV out: every byte of the input stays, in any dialect, and no row is lost."""

import csv
import gzip
import io
import re
from pathlib import Path

import pytest

from model.classifier import Classifier
from training.tagging.columns import NAMES

from .conftest import Tag


def written(path: Path, rows: list[list[str]], delimiter: str, line_end: str, encoding: str) -> Path:
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return path


def read(path: Path, delimiter: str = ",", encoding: str = "utf-8") -> list[list[str]]:
    with path.open(newline="", encoding=encoding) as stream:
        return list(csv.reader(stream, delimiter=delimiter, strict=True))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_any_dialect_comes_out_as_it_went_in(
    tag: Tag, texts: list[str], tmp_path: Path, delimiter: str, line_end: str, encoding: str
) -> None:
    safe = [text.encode(encoding, "ignore").decode(encoding) for text in texts]
    rows = [["no", "isi aduan", "catatan"], *(["007", text, "“NA”"] for text in safe), ["", 'a "b"\r\nc', "=1+1"]]
    source = written(tmp_path / "in.csv", rows, delimiter, line_end, encoding)
    result = tag(source, tmp_path / "out.csv", "--text-column", "isi aduan")
    assert result.exit_code == 0, result.output
    found = read(tmp_path / "out.csv", delimiter, encoding)
    assert [row[:3] for row in found] == rows
    assert found[0][3:] == list(NAMES)
    assert {len(row) for row in found} == {3 + len(NAMES)}
    raw = (tmp_path / "out.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert raw.count(b"\r\n") == (len(rows) + 1 if line_end == "\r\n" else 1)


def test_answers_are_those_of_classify(tag: Tag, texts: list[str], tmp_path: Path, tiny_classifier: Classifier) -> None:
    source = written(tmp_path / "in.csv", [["text"], *([text] for text in texts)], ",", "\n", "utf-8")
    assert tag(source, tmp_path / "out.csv").exit_code == 0
    header, *rows = read(tmp_path / "out.csv")
    for cells, text in zip(rows, texts, strict=True):
        row = dict(zip(header, cells, strict=True))
        wanted = tiny_classifier.predict(text)
        assert wanted.sector is not None
        assert (row["sector"], float(row["sector_score"])) == (wanted.sector.key, wanted.sector.score)
        assert (row["needs_review"], row["tag_note"]) == (str(wanted.needs_review).lower(), "")
        assert row["model_version"] == wanted.model_version


def test_bad_rows_are_kept_marked_and_counted(tag: Tag, tmp_path: Path) -> None:
    body = (
        b"id,text,x\r\n"
        b"1,jalan rusak,a\r\n"
        b"2,,b\r\n"
        b"3,lampu mati\r\n"
        b"4,sampah, bau, sekali\r\n"
        b'5,"banjir,d\r\n'
        b"\r\n"
        b'6,"air ""mati""",e\r\n'
        b'7,"pohon" tumbang,f\r\n'
        b"8,caf\xe9 ribut,g\r\n"
        b"9,caf\xc3\xa9 ribut,h"
    )
    (tmp_path / "in.csv").write_bytes(body)
    result = tag(tmp_path / "in.csv", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    raw = (tmp_path / "out.csv").read_bytes().splitlines(keepends=True)
    assert raw[6] == b"\r\n"
    del raw[6]
    rows = list(csv.reader(io.StringIO(b"".join(raw).decode("latin-1"), newline=""), strict=True))[1:]
    assert [(row[0], row[-1]) for row in rows] == [
        ("1", ""),
        ("2", "teks_kosong"),
        ("3", "kolom_kurang"),
        ("4", "kolom_lebih"),
        ("5", "kutip_rusak"),
        ("6", ""),
        ("7", "kutip_rusak"),
        ("8", "bukan_utf8"),
        ("9", ""),
    ]
    assert rows[3][2] == " bau, sekali"
    assert rows[4][1] == '"banjir'
    assert all(row[-3] == "true" for row in rows if row[-1])
    assert "kutip_rusak" in result.stdout
    assert raw[8].startswith(b"8,caf\xe9 ribut,g,")


def test_packed_files(tag: Tag, texts: list[str], tmp_path: Path) -> None:
    plain = written(tmp_path / "in.csv", [["text"], *([text] for text in texts)], ",", "\n", "utf-8")
    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    assert tag(plain, tmp_path / "out.csv").exit_code == 0
    assert tag(tmp_path / "in.csv.gz", tmp_path / "out.csv.gz").exit_code == 0
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()) == (tmp_path / "out.csv").read_bytes()
    (tmp_path / "half.csv.gz").write_bytes((tmp_path / "in.csv.gz").read_bytes()[:-20])
    result = tag(tmp_path / "half.csv.gz", tmp_path / "half.csv")
    assert (result.exit_code, "damaged" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no header"),
        (b"id;pesan\n1;jalan rusak\n", "'id', 'pesan'"),
        (b"text,text\n1,2\n", "2 columns are named 'text'"),
        (b"text,sector\njalan rusak,x\n", "--prefix"),
        ("text\njalan".encode("utf-16"), "UTF-16"),
        ("text\njalan".encode("utf-16-le"), "UTF-16"),
        ("text\njalan".encode("utf-32"), "UTF-16"),
    ],
)
def test_what_cannot_be_used_is_said_and_leaves_nothing(tag: Tag, tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    result = tag(tmp_path / "in.csv", tmp_path / "out.csv")
    assert result.exit_code == 1
    assert words in result.stderr
    assert str(tmp_path / "in.csv") in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_prefix_makes_room(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text,sector\njalan rusak,x\n")
    assert tag(tmp_path / "in.csv", tmp_path / "out.csv", "--prefix", "model_").exit_code == 0
    assert read(tmp_path / "out.csv")[0] == ["text", "sector", *(f"model_{name}" for name in NAMES)]


def test_a_header_alone(tag: Tag, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n")
    assert tag(tmp_path / "in.csv", tmp_path / "out.csv").exit_code == 0
    assert read(tmp_path / "out.csv") == [["text", *NAMES]]


def test_a_very_long_cell_is_one_cell(tag: Tag, tmp_path: Path) -> None:
    rows = [["id", "text"], ["1", "jalan, rusak\n" * 80_000], ["2", "lampu mati"]]
    source = written(tmp_path / "in.csv", rows, ",", "\n", "utf-8")
    assert tag(source, tmp_path / "out.csv").exit_code == 0
    limit = csv.field_size_limit()
    found = read(tmp_path / "out.csv")
    assert limit > 1_000_000
    assert [row[:2] for row in found] == rows
    assert [row[-1] for row in found[1:]] == ["", ""]


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_formulas_are_escaped_where_asked_and_can_be_had_back(tag: Tag, tmp_path: Path, ending: str) -> None:
    cells = ["=1+1", "+62 812", "-", "@SUM(A1)", "\t=1", "\r=1", "'=1", "'jalan'", " =1", "jalan = rusak", "é", ""]
    rows = [["text", "x"], *([cell, cell] for cell in cells)]
    source = written(tmp_path / "in.csv", rows, ";", "\n", "utf-8")
    assert tag(source, tmp_path / f"a{ending}").exit_code == 0
    result = tag(tmp_path / f"a{ending}", tmp_path / "b.csv", "--escape-formulas", "--prefix", "b_")
    assert result.exit_code == 0, result.output
    found = read(tmp_path / "b.csv", ";" if ending == ".csv" else ",")
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in found for cell in row)
    assert [[re.sub("^'(?='*[=+\\-@\t\r])", "", cell) for cell in row[:2]] for row in found] == rows
