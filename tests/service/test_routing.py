"""Where complaints go, and what the routing file may hold."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from model.city import DATA, CityError
from model.lexicon import read_lexicon
from model.text import words_of
from service.routing.deadlines import add_working_days, is_working_day
from service.routing.decide import SECTOR_RULE, Case, decide, examine
from service.routing.load import read_routing
from service.routing.rules import Routing

NOW = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)
LEXICON = read_lexicon().expansions


@pytest.fixture(scope="module")
def routing() -> Routing:
    return read_routing()


def case(sector: str, text: str, kind: str = "pengaduan", urgency: str = "sedang", **more: object) -> Case:
    return Case(sector, urgency, kind, words_of(text, LEXICON), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sector", "text", "department"),
    [
        ("infrastruktur", "jalan berlubang di gang melati", "dpupr"),
        ("infrastruktur", "jln pantura rusak parah", "jalan_nasional"),
        ("infrastruktur", "jalan provinsi ambles", "bina_marga_jateng"),
        ("pendidikan", "pungutan seragam di SMKN 2", "dikbud_jateng"),
        ("pendidikan", "guru SD jarang masuk", "dindik"),
        ("energi", "listrik padam sejak pagi", "pln"),
        ("kesehatan", "antrean di RSUD Bendan lama", "rsud_bendan"),
        ("kesehatan", "mau tanya tunggakan bpjs", "bpjs_kesehatan"),
        ("ketenagakerjaan", "pencairan JHT ditolak", "bpjs_ketenagakerjaan"),
        ("perumahan", "sertifikat tanah saya belum jadi di BPN", "bpn"),
        ("pajak_retribusi", "antre pajak motor di samsat", "samsat"),
        ("keamanan", "perpanjang SIM antre lama", "polri"),
        ("lainnya", "kua minta uang untuk nikah", "kemenag"),
        ("lainnya", "antrean paspor di imigrasi", "imigrasi"),
        ("perhubungan", "palang pintu kereta rusak", "pt_kai"),
        ("infrastruktur", "jalan rusak di Kajen kab pekalongan", "kab_pekalongan"),
        ("infrastruktur", "jalan rusak di kabupaten batang", "kab_batang"),
        ("infrastruktur", "batang pohon menutup saluran", "dpupr"),
        ("pertanian_perikanan", "nelayan butuh solar", "dkp"),
        ("pertanian_perikanan", "pupuk langka", "dinperpa"),
    ],
)
def test_departments(routing: Routing, sector: str, text: str, department: str) -> None:
    made = decide(case(sector, text), routing, NOW)
    assert made.department == department
    inside = routing.city.departments[department].inside
    assert made.queue.startswith("luar-") == (not inside)
    assert (made.advice is not None) == (not inside)


@pytest.mark.parametrize(
    ("sector", "text"),
    [
        ("kependudukan", "urus KTP kena pungli"),
        ("infrastruktur", "proyek jalan dikorupsi"),
        ("aparatur", "pegawai membolos tiap hari"),
        ("perhubungan", "kadis dishub korupsi dana retribusi parkir pasar"),
        ("perhubungan", "pegawai dishub menerima suap dari jukir"),
        ("kewilayahan", "dana desa diselewengkan pak RT dan lurah, korupsi"),
        ("kewilayahan", "Lurah minta uang 500 ribu untuk tanda tangan"),
        ("kependudukan", "kenapa petugas kelurahan minta uang 300rb"),
        ("kesehatan", "Petugas puskesmas minta bayaran padahal gratis"),
        ("kewilayahan", "pak lurah njaluk dhuwit 300rb nggo teken"),
        ("sosial", "BLT disunat pak RT 100 ribu"),
        ("pendidikan", "siswa titipan di SMP negeri, ada jual beli kursi"),
    ],
)
def test_allegations_go_to_the_inspektorat_before_any_review(routing: Routing, sector: str, text: str) -> None:
    for reasons in ((), ("ragu_sektor",)):
        made = decide(case(sector, text, review_reasons=reasons), routing, NOW)
        assert made.queue == "inspektorat-khusus"


@pytest.mark.parametrize(
    ("sector", "text", "kind"),
    [
        ("aparatur", "Semoga pejabat yang korupsi dana bansos segera dihukum", "aspirasi"),
        ("kependudukan", "Apakah boleh pegawai dindukcapil minta uang pelicin?", "permintaan_informasi"),
    ],
)
def test_a_wish_or_a_question_can_be_an_allegation(routing: Routing, sector: str, text: str, kind: str) -> None:
    unsure = case(sector, text, kind, review_reasons=("ragu_sektor",))
    assert decide(unsure, routing, NOW).queue == "inspektorat-khusus"


@pytest.mark.parametrize(
    ("sector", "text", "queue"),
    [
        ("perhubungan", "pungli parkir liar di pasar", "dishub"),
        ("perhubungan", "tukang parkir minta uang 5 ribu tanpa karcis, petugas dishub ke mana", "dishub"),
        ("pajak_retribusi", "tarif retribusi pasar naik tanpa pemberitahuan", "bpkad"),
        ("ketenagakerjaan", "gaji saya dipotong pabrik karena izin sakit", "dinperinaker"),
        ("sosial", "uang PKH dipotong biaya admin bank", "dinsos"),
        ("perumahan", "uang muka rumah tidak dikembalikan pengembang", "dinperkim"),
        ("pendidikan", "usul lomba poster anti korupsi antar SD", "dindik"),
        ("aparatur", "gaji honorer tiga bulan belum dibayar", "bkpsdm"),
        ("aparatur", "SK PPPK saya belum turun padahal sudah lulus", "bkpsdm"),
    ],
)
def test_innocent_mentions_stay_with_their_department(routing: Routing, sector: str, text: str, queue: str) -> None:
    assert decide(case(sector, text), routing, NOW).queue == queue


def test_signs_of_allegations_hold_for_their_examples(routing: Routing) -> None:
    for sign in routing.signs.rules:
        for text in sign.yes:
            assert sign in routing.signs.fired(words_of(text, LEXICON)), (sign.name, text)
        for text in sign.no:
            assert not routing.signs.fired(words_of(text, LEXICON)), (sign.name, text)


@pytest.mark.parametrize(
    ("find", "replace", "message"),
    [
        ('name = "kkn"', 'nama = "kkn"', "sign \\?: unknown key 'nama'; use"),
        ("[lists]\norang", "[lists]\norangs", "unknown list '@orang'; use one of orangs, kantor"),
        ('all = [["kkn"]]', 'all = [["KKN"]]', "sign kkn: 'KKN' can never match"),
        ('all = [["kkn"]]', "", "sign kkn: 'all' is missing; add it"),
        ("[lists]", "[lists", "allegations.toml: "),
    ],
)
def test_a_mistake_among_the_signs_is_told(tmp_path: Path, find: str, replace: str, message: str) -> None:
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("corpus"))
    path = tmp_path / "data" / "allegations.toml"
    text = path.read_text(encoding="utf-8")
    assert find in text
    path.write_text(text.replace(find, replace, 1), encoding="utf-8")
    with pytest.raises(CityError, match=message):
        read_routing(tmp_path / "data")


def test_a_question_about_civil_servants_is_no_allegation(routing: Routing) -> None:
    made = decide(case("aparatur", "kapan seleksi CPNS dibuka", "permintaan_informasi"), routing, NOW)
    assert made.department == "bkpsdm"


def test_review_keeps_the_department_that_would_get_it(routing: Routing) -> None:
    made = decide(case("perhubungan", "palang kereta", review_reasons=("ragu_sektor",)), routing, NOW)
    assert (made.queue, made.department, made.review_reasons) == ("verifikasi", "pt_kai", ("ragu_sektor",))
    assert made.advice is None


def test_contradicting_evidence_goes_to_review(routing: Routing) -> None:
    place = case("infrastruktur", "jalan rusak", kecamatan="Utara", kelurahan="Medono")
    assert decide(examine(place, routing), routing, NOW).review_reasons == ("lokasi_bertentangan",)
    atlantis = case("infrastruktur", "jalan rusak", kelurahan="Atlantis")
    assert decide(examine(atlantis, routing), routing, NOW).review_reasons == ("lokasi_tidak_dikenal",)
    utara = case("infrastruktur", "jalan rusak", kecamatan="Tengah")
    assert decide(examine(utara, routing), routing, NOW).review_reasons == ("lokasi_tidak_dikenal",)


@pytest.mark.parametrize(
    ("sector", "text", "conflict"),
    [
        ("pajak_retribusi", "pajak motor di samsat kabupaten batang", True),
        ("pajak_retribusi", "Lampu PLN dan pajak motor samsat mati", True),
        ("energi", "lampu PLN mati, sekalian tanya pajak motor di samsat", True),
        ("energi", "listrik PLN padam", False),
        ("infrastruktur", "tiang PLN menghalangi saluran", False),
        ("kependudukan", "kk lama hilang bersama stnk dan sim", False),
    ],
)
def test_two_bodies_outside_the_city_are_a_conflict_whatever_the_sector(
    routing: Routing, sector: str, text: str, conflict: bool
) -> None:
    assert ("wewenang_bertentangan" in examine(case(sector, text), routing).review_reasons) == conflict


def test_a_sentence_is_told_once(routing: Routing) -> None:
    made = decide(case("energi", "kabel PLN putus menyala di jalan", urgency="darurat"), routing, NOW)
    assert made.advice is not None
    assert made.advice.startswith("Bila ada nyawa")
    assert made.advice.count("Laporan Anda") == 1


def test_every_sector_has_a_department(routing: Routing) -> None:
    for sector in routing.city.labels["sector"]:
        made = decide(case(sector, "mohon bantuan", "aspirasi"), routing, NOW)
        assert made.rule == SECTOR_RULE
        assert routing.queues[made.queue].department == made.department


def test_deadlines_skip_weekends_holidays_and_collective_leave(routing: Routing) -> None:
    assert not is_working_day(date(2026, 3, 20))  # collective leave
    assert add_working_days(date(2026, 3, 16), 2) == date(2026, 3, 25)
    assert add_working_days(date(2026, 3, 25), -2) == date(2026, 3, 16)
    made = decide(case("infrastruktur", "kapan diperbaiki", "permintaan_informasi"), routing, NOW)
    assert made.deadline.due.isoformat() == "2026-03-30T23:59:59+07:00"
    assert "5 hari kerja" in made.deadline.source


def test_the_day_is_the_day_in_jakarta(routing: Routing) -> None:
    late = datetime(2026, 5, 3, 18, 0, tzinfo=UTC)  # Monday 4 May, 01:00 in Jakarta
    made = decide(case("infrastruktur", "kapan", "permintaan_informasi"), routing, late)
    assert made.deadline.due.date() == date(2026, 5, 11)


RULE = '[[rule]]\nname = "baru"\nreason = "x"\n'


@pytest.mark.parametrize(
    ("find", "replace", "message"),
    [
        ('department = "bpn"', 'department = "bpm"', r"line \d+, rule pertanahan_bpn: unknown department 'bpm'"),
        ('queue = "verifikasi"', 'queue = "verif"', "unknown queue 'verif'"),
        ('sector = ["aparatur"]', 'sectors = ["aparatur"]', "unknown key 'sectors'; use"),
        ('sector = ["aparatur"]', 'sector = ["aparat"]', "unknown sector 'aparat'"),
        ('sector = ["aparatur"]', "sector = []", "must be a list with at least one entry"),
        ('name = "rsud_bendan"', 'name = "samsat"', "the name 'samsat' is taken"),
        ('words = ["imigrasi", "paspor", "passport"]', 'words = ["Paspor!"]', "'Paspor!' can never match"),
        (
            'words = ["imigrasi", "paspor", "passport"]',
            'words = ["paspor"]\nunless = ["paspor"]',
            "the rule can never match",
        ),
        ('words = ["imigrasi", "paspor", "passport"]\n', "", "the rule has no condition"),
        (
            "# Inside the city",
            RULE + 'words = ["paspor"]\nsector = ["lainnya"]\ndepartment = "setda"\n# Inside',
            "can never match: 'imigrasi' comes first",
        ),
        (
            "# Inside the city",
            RULE + 'kecamatan = ["Utara"]\nkelurahan = ["Medono"]\ndepartment = "setda"\n# Inside',
            "no such kelurahan lies in that kecamatan",
        ),
        ('department = "samsat"\n', "", "give either a department or a queue"),
        ("working_days = 14", "working_days = 0", "must be a whole number of at least 1"),
        ("working_days = 14", "working_days = true", "must be a whole number of at least 1"),
        ("working_days = 14", "working_days = 6000000", "at most 366"),
        ("working_days = 14", "working_days = 14\nhours = 3", "give either working_days or hours"),
        ("working_days = 14\nvalid_from = 2018", "working_days = 14\nvalid_from = 2999", "pengaduan, is not valid yet"),
        ("restricted = true", 'restricted = "no"', "'restricted' must be true or false"),
        ("\nreview = true", '\nreview = "no"', "'review' must be true or false"),
        ("\nreview = true", '\nsector = ["lainnya"]', "no rule with review = true"),
        ('reason = "Paspor dan', 'reason = 5 # "', "'reason' must be one text in quotes"),
        ('department = "imigrasi"', 'department = ["imigrasi"]', "'department' must be one text in quotes"),
        ('\nsamsat = "', '\nsamsat = 5 # "', "'samsat' must be a text in quotes"),
        ("\nragu_sektor = ", "\nragu = ", "no words for 'ragu_sektor'"),
        ("working_days = 14", 'working_days = 14\nkind = ["pengaduan"]', "the last deadline must have no condition"),
        ("valid_from = 2025-01-01", 'valid_from = "2025"', "must be a date"),
        ("\nsamsat = ", "\nsamsath = ", "advice for an unknown department 'samsath'"),
        ("\npt_kai = ", "\n# pt_kai = ", "no advice for 'pt_kai'"),
        ("[advice.urgency]", "[advise.urgency]", "unknown table 'advise'"),
        ("[[deadline]]", "[[deadline]", "Expected"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_remedy(tmp_path: Path, find: str, replace: str, message: str) -> None:
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("corpus"))
    path = tmp_path / "data" / "routing.toml"
    text = path.read_text(encoding="utf-8")
    assert find in text
    path.write_text(text.replace(find, replace, 1), encoding="utf-8")
    with pytest.raises(CityError, match=message) as error:
        read_routing(tmp_path / "data")
    assert "routing.toml" in str(error.value)
    assert "line" in str(error.value)
