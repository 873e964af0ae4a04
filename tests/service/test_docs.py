"""`/docs` as it is read, in a browser too."""

import re
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

from tests.service.conftest import Api

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FRAME = """<iframe width="WIDTH" height="900" srcdoc="PAGE"></iframe><script>
const frame = document.querySelector("iframe");
frame.onload = () => { document.title = "wide: " + frame.contentDocument.documentElement.scrollWidth; };
</script>"""
"""Headless Chromium has no narrow windows, but narrow frames."""


def test_the_page_is_written_for_readers(intake: Api) -> None:
    page = intake.get("/docs").text
    assert "None" not in page
    assert "``" not in page
    assert "sedang | tinggi | darurat | null" in page
    assert "<code>anonymous</code>: the reporter&#39;s identity is not shown" in page


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
@pytest.mark.parametrize("width", [390, 1100])
def test_nothing_is_wider_than_the_window(intake: Api, tmp_path: Path, width: int) -> None:
    assert CHROMIUM
    page = escape(intake.get("/docs").text.replace('href="/docs.css"', 'href="docs.css"'))
    (tmp_path / "frame.html").write_text(FRAME.replace("WIDTH", str(width)).replace("PAGE", page), encoding="utf-8")
    (tmp_path / "docs.css").write_bytes(intake.get("/docs.css").data)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--user-data-dir={tmp_path / 'profile'}")
    command = [CHROMIUM, *options, (tmp_path / "frame.html").as_uri()]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r"<title>wide: (\d+)</title>", made.stdout)
    assert found
    assert int(found[1]) <= width
