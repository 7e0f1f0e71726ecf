"""The table of formats in the docs, generated from the `ABOUT` of every module."""

import subprocess
import sys

import pytest

import viewer
from tests.conftest import ROOT
from viewer.cassettes import known_recorders
from viewer.protocols import known_protocols

SAMPLES = sorted(path for path in (ROOT / "sample_cassettes").iterdir() if path.suffix != ".md")


@pytest.mark.process
def test_the_formats_page_in_the_docs_is_up_to_date():
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "formats"], capture_output=True, text=True, check=True
    ).stdout
    assert (ROOT / "docs" / "formats.md").read_text() == made, "run scripts/formats > docs/formats.md"


def test_every_recorder_and_protocol_has_a_unique_name():
    formats = [about.name for module in known_recorders() for about in module.ABOUT]
    protocols = [module.ABOUT.name for module in known_protocols()]
    assert len(formats) == len(set(formats)) > 30
    assert len(protocols) == len(set(protocols)) > 25
    assert protocols == [module.PROTOCOL for module in known_protocols()]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_format_and_protocols_of_every_sample_are_listed(path):
    cassette = viewer.load(path)
    assert cassette.format in {about.name for module in known_recorders() for about in module.ABOUT}
    assert {stream.protocol for stream in cassette.streams} <= {module.PROTOCOL for module in known_protocols()}
