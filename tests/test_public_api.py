"""The names that notebooks and scripts rely on."""

import pytest

import viewer


def test_the_package_has_its_public_names_and_no_others():
    found = {name: getattr(viewer, name) for name in viewer.__all__ if name != "__version__"}
    assert {name: value.__name__.removeprefix("viewer.") for name, value in found.items()} == {
        name: name for name in found
    }
    assert set(viewer.__all__) <= set(dir(viewer))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = viewer.nothing


def test_the_fixed_names_are_public():
    fixed = {"load", "open_many", "charts", "report", "redact", "compare", "Redaction", "CassetteError"}
    assert fixed <= set(viewer.__all__)


def test_two_cassettes_are_compared(seed):
    assert viewer.compare(seed, seed).differing() == ()


def test_a_cassette_is_redacted(seed):
    redacted, findings = viewer.redact(seed, viewer.Redaction())
    assert redacted.streams[0].text() == seed.streams[0].text()
    assert all(isinstance(finding, viewer.Finding) for finding in findings)


def test_a_notebook_shows_a_cassette_and_a_stream_as_html(seed):
    assert seed._repr_html_().startswith("<p><b>grok-code-fast-1_simple_streaming.yaml</b>")
    assert "<table>" in seed.streams[0]._repr_html_()
