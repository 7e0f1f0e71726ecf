"""The browser is opened if there is one, never one for terminals in the terminal of the command."""

import sys
import webbrowser

import pytest

from viewer.cli.opening.browser import open_browser


@pytest.fixture
def opened(monkeypatch):
    addresses = []
    monkeypatch.setattr(webbrowser, "open", lambda address: addresses.append(address) or True)
    monkeypatch.setattr(sys, "platform", "linux")
    return addresses


@pytest.mark.parametrize("environment", [{"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}, {"BROWSER": "lynx"}])
def test_the_browser_of_the_screen_or_the_one_that_is_named_is_opened(opened, environment):
    assert open_browser("http://127.0.0.1:8501/", environment)
    assert opened == ["http://127.0.0.1:8501/"]


def test_without_a_screen_no_browser_is_opened(opened):
    assert not open_browser("http://127.0.0.1:8501/", {"DISPLAY": ""})
    assert opened == []


def test_a_browser_that_does_not_start_counts_as_none(monkeypatch):
    def fail(_):
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", fail)
    assert not open_browser("http://127.0.0.1:8501/", {"DISPLAY": ":0"})
