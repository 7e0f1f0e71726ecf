"""Which cassettes the running test uses.

A recorder is watched once the tests have imported it, and not before: it is looked for among the loaded modules, never imported.
This module must stay light, because pytest loads it in every run.
"""

import os
import sys
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viewer.testing.uses import Opened, Recorder, Refusal, Undo

_RECORDERS = {"vcr.cassette": "vcrpy", "cassetter.cassette": "cassetter"}
"""The modules of `viewer.testing.recorders`, by the module of the recorder."""
# A client that tries again and again would keep every request.
_MAX_REFUSALS = 100


@dataclass(slots=True)
class Uses:
    """The cassettes that one test opened, and the requests that they refused."""

    opened: list["Opened"] = field(default_factory=list)
    refusals: list["Refusal"] = field(default_factory=list)
    has_failed: bool = False
    is_shown: bool = False
    """Whether a report of the test tells of them already."""


@dataclass(slots=True, eq=False)
class Watch:
    """Notes what each test does with cassettes. Nothing that it does raises into the test."""

    uses: Uses = field(default_factory=Uses)
    fault: BaseException | None = None
    """What went wrong while watching; None if nothing did."""
    _shared: dict[Any, list["Opened"]] = field(default_factory=dict)
    """The cassettes that are open for several tests, by the fixture that opened them."""
    _recorders: dict[str, "Recorder"] = field(default_factory=dict)
    _undo: list["Undo"] = field(default_factory=list)

    def begin(self, fixtures: Container[str] = ()) -> None:
        """Forget the last test. The next one uses what its fixtures have opened for several tests."""
        shared = [one for fixture, opened in self._shared.items() if fixture.argname in fixtures for one in opened]
        self.uses = Uses(shared)

    def share(self, fixture: Any, opened: Sequence["Opened"]) -> None:
        """Keep what a fixture has opened for several tests. `unshare` forgets it."""
        if opened:
            self._shared[fixture] = list(opened)

    def unshare(self, fixture: Any) -> None:
        """Forget what a fixture has opened."""
        self._shared.pop(fixture, None)

    def look(self) -> None:
        """Watch the recorders that have been imported since the last look."""
        for module, name in _RECORDERS.items():
            if module in sys.modules and module not in self._recorders:
                try:
                    recorder: Recorder = import_module(f"viewer.testing.recorders.{name}")
                    self._recorders[module] = recorder
                    self._undo.append(recorder.watch(self))
                except Exception as error:  # noqa: BLE001 - a recorder of another version must not break a test
                    self.fault = error

    def look_in(self, values: Iterable[Any], error: BaseException | None) -> None:
        """Note cassettes among the values of fixtures, and what an error tells, for what began before the recorder was watched."""
        self.look()
        for recorder in self._recorders.values():
            for value in values:
                if recorder.is_cassette(value):
                    self.opened(recorder, value)
            for cassette, request in recorder.refused_in(error) if error else ():
                self.refused(recorder, cassette, request)

    def opened(self, recorder: "Recorder", cassette: Any) -> None:
        """Note that a cassette was opened."""
        try:
            self._opened(recorder, cassette)
        except Exception as error:  # noqa: BLE001 - it runs inside the test
            self.fault = error

    def refused(self, recorder: "Recorder", cassette: Any, request: Any) -> None:
        """Note that a cassette did not answer a request."""
        from viewer.testing.uses import Refusal  # noqa: PLC0415 - it is loaded with the recorder

        try:
            known = any(one.request is request for one in self.uses.refusals)
            if request is not None and not known and len(self.uses.refusals) < _MAX_REFUSALS:
                self.uses.refusals.append(Refusal(self._opened(recorder, cassette), request))
        except Exception as error:  # noqa: BLE001 - as above
            self.fault = error

    def stop(self) -> None:
        """Leave the recorders as they were."""
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()
        self._shared.clear()
        self.uses = Uses()

    def _opened(self, recorder: "Recorder", cassette: Any) -> "Opened":
        from viewer.testing.uses import Opened  # noqa: PLC0415 - as above

        for one in self.uses.opened:
            if one.cassette is cassette:
                return one
        new = Opened(recorder, cassette, os.getcwd())  # noqa: PTH109 - the path of a cassette is a text too
        self.uses.opened.append(new)
        return new
