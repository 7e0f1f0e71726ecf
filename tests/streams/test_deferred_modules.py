import sys
from importlib import import_module

import pytest

from viewer.streams.deferred_modules import deferred


@pytest.fixture
def slow_module(tmp_path, monkeypatch):
    """A module `slow_one`, and `user_of_slow`, which imports it."""
    (tmp_path / "slow_one.py").write_text("VALUE = 5\n")
    (tmp_path / "user_of_slow.py").write_text("import slow_one\ndef value(): return slow_one.VALUE\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("slow_one", "user_of_slow"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("slow_module")
def test_a_deferred_module_is_imported_when_it_is_used():
    with deferred("slow_one"):
        user = import_module("user_of_slow")
    assert "slow_one" not in sys.modules
    assert user.value() == 5
    assert sys.modules["slow_one"].VALUE == 5


@pytest.mark.usefixtures("slow_module")
def test_a_module_that_is_used_at_once_is_imported_at_once():
    with deferred("slow_one"):
        from slow_one import VALUE
    assert VALUE == 5
    assert type(sys.modules["slow_one"]).__name__ == "module"


@pytest.mark.usefixtures("slow_module")
def test_a_module_that_is_imported_already_stays():
    module = import_module("slow_one")
    with deferred("slow_one"):
        assert import_module("slow_one") is module


def test_a_missing_module_is_reported_when_it_is_used():
    with deferred("no_such_module"):
        import no_such_module
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        _ = no_such_module.value
