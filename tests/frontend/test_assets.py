"""Files and templates: nobody else's marks, no dead address, no inline code."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage

TOP = Path(__file__).resolve().parent.parent.parent
STATIC = TOP / "static"


def test_no_marks_that_belong_to_others():
    names = [p.name.lower() for p in STATIC.rglob("*")]
    assert not [n for n in names if re.search("crown|crest|govuk-icon|logotype|moj-apple|opengraph", n)]
    for sheet in [*STATIC.rglob("*.css"), *STATIC.rglob("*.svg")]:
        assert not re.search("crown|crest|GDS Transport", sheet.read_text(), re.IGNORECASE), sheet


def test_every_address_in_a_stylesheet_resolves(tmp_path):
    class Storage(ManifestStaticFilesStorage):
        def __init__(self):
            super().__init__(
                location=tmp_path, base_url="/static/", manifest_storage=FileSystemStorage(tmp_path)
            )

    files = {}
    for file in STATIC.rglob("*"):
        if file.is_file():
            name = str(file.relative_to(STATIC))
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(file.read_bytes())
            files[name] = (FileSystemStorage(tmp_path), name)
    failed = [result for _, _, result in Storage().post_process(files) if isinstance(result, Exception)]
    assert failed == []
    assert "sourceMappingURL" not in "".join(p.read_text() for p in STATIC.rglob("*.js"))


def test_pages_name_files_that_exist():
    named = re.findall(
        r"""{% static ['"](.+?)['"]""", "".join(p.read_text() for p in (TOP / "templates").rglob("*.html"))
    )
    assert "js/portal.js" in named and [name for name in named if not finders.find(name)] == []


def test_lock_file_names_no_host():
    assert "://" not in (TOP / "frontend/package-lock.json").read_text()


INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|\|\s*safe\b|autoescape off")


def test_E3_templates_have_no_inline_code():
    pages = [p for p in (TOP / "templates").rglob("*.html") if p.parts[-2] not in ("pdf", "emails")]
    assert [str(p) for p in pages if INLINE.search(p.read_text())] == []
