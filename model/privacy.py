"""Masking of personal data: nothing is logged, learned from or exported before it went through here.

UU 27/2022 (personal data protection) is the reason. Identity numbers are found by their digits, names only
after words that announce one ("nama saya", "a.n."), since a bare name cannot be told from a street's.
"""

import re

PLACEHOLDERS = ("[nik]", "[telepon]", "[email]", "[plat]", "[rekening]", "[nama]", "[tautan]")

_DIGITS = re.compile(r"\d(?:[\s.()+-]{0,2}\d){7}")
"""Eight digits with little between them: nothing shorter is a number of a person, phone or account."""

_PLATE_END = re.compile(r"\d(?:\d\d(?:[ .-]?[A-Z]{2,3}| [a-z]{2,3})\b|[.-]?[A-Z]{2,3}\b)")
"""The end of a plate: cheaper to look for than its beginning, as it starts with a digit in every case."""

_ANNOUNCES_NAME = (
    re.compile(r"nama\s*(?:[:=]|saya|lengkap|pelapor|pemohon|anak|ibu|suami|istri)"),
    re.compile(r"atas\s+nama"),
    re.compile(r"kenalkan\s+saya"),
    re.compile(r"a\s?[./]\s?n\b"),
)
"""What a name can follow, in lower case: each begins with a letter, so they are found sooner than the name is."""

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"(\b(?:no(?:mor|\.)?\s*)?(?:rek(?:ening)?|norek)\b\.?\s*(?:(?:bank\s+)?[a-z]{2,10}\s*)?[:.=]?\s*)"
    r"\d[\d .-]{6,22}\d",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d.])(?:"
    r"(?:\+\s?|00)?62[\s.()-]{0,2}8(?:[\s.-]?\d){7,11}"  # +62 812 ...
    r"|0\s?8(?:[\s.-]?\d){8,11}"  # 0812-3456-7890, 0 8 1 2 ...
    r"|(?<=hp )8\d{8,11}|(?<=wa )8\d{8,11}"  # hp 812...
    r"|\(?0[2-9]\d{1,2}\)?[\s.-]?\d{3,4}[\s.-]?\d{3,4}"  # (0285) 421234
    r")(?!\d)",
    re.IGNORECASE,
)
_NIK = re.compile(r"(?<!\d)\d{2}(?:[\s.-]?\d){14}(?!\d)")
_NUMBER = re.compile(r"(?<![\d.,])\d{10,}(?!\d)")
_PLATE = re.compile(
    r"\b(?:[A-Z]{1,2}(?:[ .-]?\d{3,4}[ .-]?|[.-]?\d{1,4}[.-]?)[A-Z]{2,3}|[a-z]{1,2} \d{3,4} [a-z]{2,3})\b"
)
_PLATE_WORD = re.compile(
    r"(\b(?:nopol|no\.? ?pol|plat(?: nomor)?)\b[ :.]*)[a-z]{1,2}[ .-]?\d{1,4}[ .-]?[a-z]{1,3}\b", re.IGNORECASE
)
_NAME = re.compile(
    r"(\b(?:nama\s*(?:saya|lengkap|pelapor|pemohon|anak(?: saya)?|ibu(?: saya)?|suami|istri)?\s*[:=]"
    r"|nama\s+(?:saya|pelapor)"
    r"|a\s?[./]\s?n\b\.?|atas\s+nama|perkenalkan\s+saya)\s*[:=]?\s*)"
    r"((?:(?:bapak|ibu|bpk|sdr|sdri|hj?)\b\.?\s+)?"
    r"(?:(?!(?:dari|warga|alamat|mau|ingin|dengan|yang|di|nik|rt|umur|tinggal|belum|tidak|masih|selaku|mohon)\b)"
    r"[^\W\d_]['’.]?[^\W\d_]*\.?[ ]?){1,4})",
    re.IGNORECASE,
)


def may_hold_number(text: str) -> bool:
    """Whether a text can hold a personal number or a plate; False is certain."""
    return bool(_DIGITS.search(text) or _PLATE_END.search(text))


def mask(text: str) -> str:
    """Replace personal data by placeholders: NIK and KK numbers, phones, e-mails, plates, accounts, names.

    >>> mask("Nama saya Siti Aminah, NIK 3375 0141 0590 0001, wa +62 812-3456-7890")
    'Nama saya [nama], NIK [nik], wa [telepon]'
    >>> mask("jalan berlubang di Gg 3 RT 02 RW 05")
    'jalan berlubang di Gg 3 RT 02 RW 05'
    """
    lowered = text.lower()
    if "@" in text:
        text = _EMAIL.sub("[email]", text)
    if "://" in text or "www." in lowered:
        text = _LINK.sub("[tautan]", text)
    if _DIGITS.search(text):
        text = _ACCOUNT.sub(r"\1[rekening]", text)
        text = _NIK.sub("[nik]", text)
        text = _PHONE.sub("[telepon]", text)
        text = _NUMBER.sub("[nik]", text)
    if "pol" in lowered or "plat" in lowered:
        text = _PLATE_WORD.sub(r"\1[plat]", text)
    if _PLATE_END.search(text):
        text = _PLATE.sub(_plate, text)
    if any(announces.search(lowered) for announces in _ANNOUNCES_NAME):
        text = _NAME.sub(_name, text)
    return text


def _plate(found: re.Match[str]) -> str:
    """A plate, unless it is an address or an office ("RT 02 RW", "SD 3 ...")."""
    text = found.group()
    if re.match(r"(?:rt|rw|sd|gg|jl|no|km|tk|di|ke|mi|rp|hp|wa|kk|pk|bb|tw|am|pm)\b", text, re.IGNORECASE):
        return text
    if re.search(r"\b(?:rt|rw|jam|kg|km|hp|wib|thn|tgl|bln|gg|dan|yg|org|kk|kel|kec|jl|no)$", text, re.IGNORECASE):
        return text
    return "[plat]"


def _name(found: re.Match[str]) -> str:
    trailing = " " if found.group(2).endswith(" ") else ""
    return f"{found.group(1)}[nama]{trailing}"
