import sys
from importlib import import_module
from threading import Barrier, Thread
from types import ModuleType

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


def test_a_module_that_another_thread_imports_meanwhile_is_neither_replaced_nor_removed(monkeypatch):
    """The other thread is as late as it can be."""
    module = ModuleType("late_one")

    class Modules(dict):
        def __contains__(self, name):
            is_there = super().__contains__(name)
            if name == "late_one":
                self[name] = module
            return is_there

        def setdefault(self, name, value):
            self[name] = module
            return super().setdefault(name, value)

    modules = Modules(sys.modules)
    monkeypatch.setattr(sys, "modules", modules)
    with deferred("late_one"):
        assert modules["late_one"] is module
    assert modules["late_one"] is module


@pytest.mark.usefixtures("slow_module")
def test_threads_that_use_a_deferred_module_at_once_get_the_same_one():
    with deferred("slow_one"):
        user = import_module("user_of_slow")
    together = Barrier(8)
    found = []

    def use():
        together.wait()
        found.append((user.value(), sys.modules["slow_one"]))

    threads = [Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(5, sys.modules["slow_one"])] * 8
