"""`disposisi check` against files as clerks export them."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from disposisi import main
from model.artifact import Language
from model.city import City, LabelText
from training.columns import Labels
from training.complaints import read_complaints
from training.errors import DataError
from training.fit import fit
from training.suspects import find_suspects
from training.tables import read_table

HEADER = ["Isi Laporan", "Kategori", "Prioritas", "Tanggal"]
ROWS = [
    ["Lampu jalan di Gang 3 mati total", "Penerangan jalan umum", "sedang", "3/12/2024"],
    ["Sampah menumpuk di depan pasar, hub 0812-3456-7890", "lingkungann", "rendah", "2024-12-04"],
    ["=SUM(A1) saluran mampet", "infrastruktur", "tinggi", "kemarin"],
    ["", "infrastruktur", "rendah", ""],
    ["Air PDAM keruh sudah tiga hari", "air_bersih", "sedang", ""],
    ["air PDAM keruh sudah tiga hari!!", "kesehatan", "sedang", ""],
    ["Pohon besar hampir tumbang", "ganjil sekali", "tinggi", ""],
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "aduan 2024.csv"
    pd.DataFrame(ROWS, columns=HEADER).to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    return path


def run(*arguments: str | Path) -> tuple[int, str]:
    outcome = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    return outcome.exit_code, outcome.output


def test_every_bad_entry_is_named_with_its_remedy(file: Path) -> None:
    code, output = run("check", file, "--no-suspects")
    assert code == 1
    assert "text = 'Isi Laporan', sector = 'Kategori', urgency = 'Prioritas', received = 'Tanggal'" in output
    assert "row 3, column Kategori, value 'lingkungann': unknown label; did you mean 'lingkungan'?" in output
    assert "row 8, column Kategori, value 'ganjil sekali': unknown label; use one of infrastruktur," in output
    assert "row 4, column Tanggal, value 'kemarin'" in output
    assert "row 5, column Isi Laporan: there is no message" in output
    assert (
        "row 7, column Kategori, value 'kesehatan': row 6 says nearly the same and is labelled 'air_bersih'" in output
    )
    assert "[telepon] 1" in output
    assert "0812" not in output


def test_the_copy_keeps_everything_and_corrects_what_is_certain(file: Path) -> None:
    before = file.read_bytes()
    run("check", file, "--no-suspects")
    assert file.read_bytes() == before
    copy = file.with_name("aduan 2024.diperiksa.xlsx")
    table = read_table(copy)
    assert table["Isi Laporan"].tolist() == [row[0] for row in ROWS]
    assert table["Tanggal"].tolist() == [row[3] for row in ROWS]
    assert table["Kategori"].tolist()[:2] == ["penerangan_jalan", "lingkungann"]
    assert "mungkin maksudnya 'lingkungan'" in table["catatan_periksa"][1]
    sheet = openpyxl.load_workbook(copy).worksheets[0]
    assert sheet["B4"].data_type == "s"
    assert len(sheet.data_validations.dataValidation) == 2
    code, output = run("check", file, "--no-suspects")
    assert code == 1
    assert "is there already" in output


def test_a_clean_file_ends_with_zero(tmp_path: Path) -> None:
    path = tmp_path / "bersih.xlsx"
    pd.DataFrame(
        {"text": ["Lampu jalan mati", "Sampah menumpuk"], "sector": ["penerangan_jalan", "lingkungan"]}
    ).to_excel(path, index=False)
    assert run("check", path, "--no-suspects", "--no-copy")[0] == 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_wrong_column_name_gets_the_nearest(file: Path, city: City) -> None:
    with pytest.raises(DataError, match="no column 'Kategory'; did you mean 'Kategori'"):
        read_complaints(file, city, {"sector": "Kategory"})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.docx", b"x", "unknown ending"),
        ("a.xlsx", b"no workbook", "no Excel workbook"),
        ("a.csv", "teks\ncaf\xe9".encode("latin-1"), "save it as 'CSV UTF-8'"),
        ("a.csv", b"", "cannot be read"),
        ("a.json", b"{}", "export the project from Label Studio"),
    ],
)
def test_unreadable_files_say_why(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_table(path)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".xlsx", ".parquet", ".jsonl"])
def test_every_format_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    frame = pd.DataFrame({"text": ['a, b; c\n"d"', "é"], "n": ["1", None]})
    path = tmp_path / f"f{ending}"
    if ending == ".xlsx":
        frame.to_excel(path, index=False)
    elif ending == ".parquet":
        frame.to_parquet(path)
    elif ending == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_csv(path, index=False)
    assert read_table(path).to_dict("list") == {"text": ['a, b; c\n"d"', "é"], "n": ["1", ""]}


def test_answers_of_a_model_are_not_taken_for_labels(tmp_path: Path, city: City) -> None:
    path = tmp_path / "tagged.csv"
    pd.DataFrame({"text": ["lampu mati"], "sector": ["energi"], "sector_score": ["0.5"]}).to_csv(path, index=False)
    assert "sector" not in read_complaints(path, city).columns
    assert read_complaints(path, city, {"sector": "sector"}).columns["sector"] == "sector"


def test_wrong_labels_are_suspected(corpus: pd.DataFrame, language: Language) -> None:
    keys = ["penerangan_jalan", "kependudukan", "lingkungan"]
    frame = corpus[corpus["sector"].isin(keys)].groupby("sector").head(80).reset_index(drop=True)
    frame["row"] = frame["batch"] = range(2, len(frame) + 2)
    wrong = frame.index[frame["sector"] == "penerangan_jalan"][:3]
    frame.loc[wrong, "sector"] = "kependudukan"
    suspects = find_suspects(fit(frame, {"sector": keys}, language), frame, language)
    found = {suspect.row: suspect for suspect in suspects}
    assert {int(i) + 2 for i in wrong} <= set(found)
    suspect = found[int(wrong[0]) + 2]
    assert (suspect.label, suspect.suggested) == ("kependudukan", "penerangan_jalan")
    assert suspect.words


def test_renamed_merged_and_split_labels(city: City) -> None:
    sectors = dict(city.labels["sector"])
    del sectors["energi"], sectors["kewilayahan"]
    for key, was in {"listrik": ("energi", "setrum"), "kelurahan": ("kewilayahan",), "desa": ("kewilayahan",)}.items():
        sectors[key] = LabelText(key, key.title(), "", was)
    labels = Labels(City({**city.labels, "sector": sectors}, city.departments), "sector")
    assert labels.key_of("energi") == labels.key_of("setrum") == "listrik"
    assert labels.key_of("kewilayahan") is None
    assert labels.parts_of("kewilayahan") == ("kelurahan", "desa")
