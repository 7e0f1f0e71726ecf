"""The table of what opens, made from what every module says of itself."""

import subprocess
import sys

import pytest

import viewer
from tests.conftest import ROOT
from viewer.cassettes import known_recorders
from viewer.protocols import known_protocols

SAMPLES = sorted(path for path in (ROOT / "sample_cassettes").iterdir() if path.suffix != ".md")


@pytest.mark.process
def test_the_page_in_the_docs_is_what_the_code_says():
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "formats"], capture_output=True, text=True, check=True
    ).stdout
    assert (ROOT / "docs" / "formats.md").read_text() == made, "run scripts/formats > docs/formats.md"


def test_every_module_says_what_it_reads_and_no_two_read_the_same():
    formats = [about.name for module in known_recorders() for about in module.ABOUT]
    protocols = [module.ABOUT.name for module in known_protocols()]
    assert len(formats) == len(set(formats)) > 30
    assert len(protocols) == len(set(protocols)) > 25
    assert protocols == [module.PROTOCOL for module in known_protocols()]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_what_a_sample_opens_as_stands_in_the_table(path):
    cassette = viewer.load(path)
    assert cassette.format in {about.name for module in known_recorders() for about in module.ABOUT}
    assert {stream.protocol for stream in cassette.streams} <= {module.PROTOCOL for module in known_protocols()}
