"""Personal data out, everything else untouched."""

import pytest

from model.privacy import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("NIK 3375014105900001 saya", "NIK [nik] saya"),
        ("nik: 33.75.01.410590.0001", "nik: [nik]"),
        ("kk 3375 0112 0987 6543", "kk [nik]"),
        ("wa 081234567890", "wa [telepon]"),
        ("wa 0812-3456-7890.", "wa [telepon]."),
        ("hp +62 812 3456 7890", "hp [telepon]"),
        ("hub 62812.3456.7890", "hub [telepon]"),
        ("telp (0285) 421234", "telp [telepon]"),
        ("kirim ke budi.s+1@contoh.co.id ya", "kirim ke [email] ya"),
        ("motor G 1234 AB parkir", "motor [plat] parkir"),
        ("nopol b1234xyz", "nopol [plat]"),
        ("rek bri 1234-01-012345-53-1", "rek bri [rekening]"),
        ("no rekening 0123456789", "no rekening [rekening]"),
        ("nama saya Siti Aminah dari Medono", "nama saya [nama] dari Medono"),
        ("Nama : Ahmad Zaini\nAlamat : Jl. Bahagia", "Nama : [nama]\nAlamat : Jl. Bahagia"),
        ("a.n. Slamet Riyadi belum cair", "a.n. [nama] belum cair"),
        ("a/n Tri Wahyuni", "a/n [nama]"),
        ("atas nama Joko Susilo, warga Klego", "atas nama [nama], warga Klego"),
        ("Perkenalkan saya Dewi Lestari dari Noyontaan", "Perkenalkan saya [nama] dari Noyontaan"),
    ],
)
def test_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "jalan berlubang di Gg 3 RT 02 RW 05 Kel. Medono",
        "harga beras Rp 15.000 per kg, minyak 18.500",
        "SD 3 Kauman, SMP 12 dan SMA 1",
        "sejak 12 Januari 2025 jam 19.30 WIB",
        "kejadian tgl 12-01-2025 sampai 15-01-2025",
        "nama jalan di depan rumah salah",
        "call center 112 tidak diangkat",
        "rumah blok C 3 no 12",
    ],
)
def test_left_alone(text: str) -> None:
    assert mask(text) == text
