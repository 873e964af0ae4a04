"""What the shipped model must do with messages as citizens write them."""

import pytest

from model.classifier import Classifier
from model.prediction import Prediction

LEVEL = {"rendah": 0, "sedang": 1, "tinggi": 2, "darurat": 3}

PLAIN = [
    ("jalan di depan pasar banyak lubangnya mohon diperbaiki", "infrastruktur"),
    ("lampu jalan gang melati mati sudah dua minggu", "penerangan_jalan"),
    ("sampah di TPS menumpuk tidak diangkut sudah seminggu baunya menyengat", "lingkungan"),
    ("juru parkir liar di depan minimarket minta uang terus padahal parkir gratis", "perhubungan"),
    ("air PDAM tidak mengalir sudah tiga hari", "air_bersih"),
    ("saya belum dapat bantuan PKH padahal terdaftar di DTKS", "sosial"),
    ("antrean puskesmas lama sekali dokternya belum datang", "kesehatan"),
    ("KTP saya belum jadi sudah empat bulan kata dukcapil blangko kosong", "kependudukan"),
    ("mohon info lowongan kerja untuk lulusan SMA", "ketenagakerjaan"),
    ("harga LPG 3 kg di pangkalan naik dan langka", "perdagangan"),
]

NAME_AND_ADDRESS = "Nama: Slamet\nAlamat: Jl. Kenanga No. 12 RT 03 RW 05 Kel. Medono Kec. Pekalongan Barat\nIsi aduan: "


def sector(prediction: Prediction) -> str:
    assert prediction.sector
    return prediction.sector.key


def level(classifier: Classifier, text: str) -> int:
    urgency = classifier.predict(text).urgency
    assert urgency
    return LEVEL[urgency.key]


@pytest.mark.parametrize(("text", "wanted"), PLAIN, ids=[wanted for _, wanted in PLAIN])
def test_the_same_message_in_other_dress_keeps_its_sector(classifier: Classifier, text: str, wanted: str) -> None:
    assert sector(classifier.predict(text)) == wanted
    assert sector(classifier.predict(text.upper() + "!!!")) == wanted
    assert sector(classifier.predict(NAME_AND_ADDRESS + text)) == wanted
    assert sector(classifier.predict(f"Assalamualaikum min, {text}, terima kasih 🙏")) == wanted


@pytest.mark.parametrize(
    ("text", "typos"),
    [
        ("jalan berlubang mohon diperbaiki", "jln berlubamg mhn diperbaki"),
        ("lampu jalan mati mohon diganti", "lamppu jalan mti mhn diganti"),
        ("sampah menumpuk belum diangkut", "sampahh numpuk blm diangkutt"),
        ("bantuan sosial belum cair", "bantuan sosail blm cair"),
    ],
)
def test_typos_keep_the_sector(classifier: Classifier, text: str, typos: str) -> None:
    assert sector(classifier.predict(typos)) == sector(classifier.predict(text))


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (
            "kebakaran di gudang dekat pasar, tolong cepat",
            "kebakaran di gudang dekat pasar tadi, tidak ada korban, api sudah padam",
        ),
        ("ada pohon tumbang menutup jalan veteran", "pohon di jalan veteran tinggi, takut tumbang kalau hujan"),
        ("banjir masuk rumah sekarang sudah selutut tolong evakuasi", "setiap hujan jalan depan rumah tergenang"),
        ("jalan berlubang, kemarin ibu saya jatuh sampai patah tulang", "jalan berlubang, rawan kecelakaan"),
        ("tiang listrik depan sekolah miring mau roboh", "tiang listrik depan sekolah mohon dicat"),
        ("suami saya memukul saya dan anak setiap malam", "mohon info jadwal penyuluhan kekerasan dalam rumah tangga"),
    ],
)
def test_danger_told_is_more_urgent_than_danger_feared_or_over(classifier: Classifier, worse: str, better: str) -> None:
    assert level(classifier, worse) > level(classifier, better)
    assert level(classifier, worse) >= LEVEL["tinggi"]


def test_capitals_alone_do_not_make_a_trifle_urgent(classifier: Classifier) -> None:
    assert level(classifier, "DARURAT!!! TOLONG SEGERA PASANG TEMPAT SAMPAH DI TAMAN!!!") < LEVEL["tinggi"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mau tanya syarat pindah KK apa saja ya", "permintaan_informasi"),
        ("usul dibangun taman bermain anak di kelurahan kami", "aspirasi"),
        ("lampu jalan mati mohon segera diperbaiki", "pengaduan"),
    ],
)
def test_kinds(classifier: Classifier, text: str, kind: str) -> None:
    answer = classifier.predict(text).kind
    assert answer
    assert answer.key == kind


@pytest.mark.parametrize("text", ["", "   ", "🙏🙏🙏", "123", "..."])
def test_a_message_without_words_goes_to_review(classifier: Classifier, text: str) -> None:
    prediction = classifier.predict(text)
    assert prediction.needs_review
    assert prediction.review_reasons == ("pesan_kosong",)


def test_reasons_are_words_of_the_message_or_rules(classifier: Classifier) -> None:
    prediction = classifier.predict("pohon besar roboh menimpa kabel di jalan")
    assert prediction.urgency
    assert prediction.urgency.reasons[0] == "aturan:pohon_tumbang"
    assert prediction.sector
    assert set(prediction.sector.reasons) <= {"pohon", "besar", "roboh", "menimpa", "kabel", "jalan"}


def test_names_never_appear_among_the_reasons(classifier: Classifier) -> None:
    prediction = classifier.predict(
        "Zulkarnaenwati Purwodipuro minta surat keterangan di kelurahan, nik 3375014105900001"
    )
    for answer in (prediction.sector, prediction.urgency, prediction.kind):
        assert answer
        assert not {"zulkarnaenwati", "purwodipuro"} & set(answer.reasons)
