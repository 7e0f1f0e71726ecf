"""The pages of the cassettes of a failing test, written without secrets."""

import os
import re
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from viewer.display.report.report import report
from viewer.testing.files import CassetteFile
from viewer.testing.secrets import Secrets

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
# File systems allow 255 bytes. The ending and the hash need some.
_MAX_STEM_LENGTH = 120


def write_pages(files: Sequence[CassetteFile], test: str, folder: Path) -> list[Path]:
    """Write the page of each file that could be opened, and return where. `test` is the test's own name.

    Raises:
        CassetteError: a secret would be left in a page.
        OSError: the folder cannot be written.
    """
    written = []
    for file in files:
        if file.cassette is not None:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / page_name(test, file.path)
            page = report(file.cassette, data=Path(file.path).read_bytes())
            # Another process may write the same page, and a reader must not see half of it.
            half = path.with_suffix(f".{os.getpid()}.tmp")
            half.write_text(page, encoding="utf-8")
            half.replace(path)
            written.append(path)
    return written


def page_name(test: str, cassette: str) -> str:
    """Return a file name that no other test and cassette has, such as "test_chat.py-test_weather-weather-1f3a5c7e.html".

    Names of tests hold their parameters, which may be anything.
    """
    redact = Secrets().redact
    stem = "-".join(
        _UNSAFE.sub("_", redact(name)).strip("._-") for name in (test.replace("::", "-"), Path(cassette).stem)
    )
    digest = blake2b(f"{test}\0{cassette}".encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{stem[:_MAX_STEM_LENGTH]}-{digest}.html"
