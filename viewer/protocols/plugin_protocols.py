"""A protocol module in somebody else's package, which may fail in any way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from viewer.protocols.reading import Reading
from viewer.types.chunk_table import KINDS
from viewer.types.formats import About
from viewer.types.plugins import Plugin, PluginError
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events


@dataclass(frozen=True, slots=True)
class PluginProtocol:
    """Calls the module. Every failure of `recognise` and `read` is a `PluginError`, which says whose module it is."""

    plugin: Plugin

    @property
    def PROTOCOL(self) -> str:  # noqa: N802 - a constant of a module
        """The name of the protocol."""
        return str(self.plugin.module.PROTOCOL)

    @property
    def ABOUT(self) -> About:  # noqa: N802 - a constant of a module
        """The row for the table of formats."""
        about: About = self.plugin.module.ABOUT
        return about

    def recognise(self, sample: Any) -> int:
        """Return how sure the module is, from 0 to 100."""
        return self.plugin.sureness(sample)

    def read(self, events: Events, reading: Reading) -> None:
        """Read the events, and check what the module says about them."""
        try:
            self.plugin.module.read(events, reading)
        except Exception as error:
            raise PluginError(self.plugin, error) from error
        if fault := _fault(events, reading):
            raise PluginError(self.plugin, fault)
        if reading.usage is not None:
            try:
                self._usage(reading.usage, None)
            except PluginError as error:
                reading.problems.append(error.problem)

    def usage(self, reported: Mapping[str, Any], provider: str | None) -> Usage:
        """Convert a usage object. Keep it unchanged if the module fails, which `read` has noted."""
        try:
            return self._usage(reported, provider)
        except PluginError:
            return Usage(reported=reported)

    def as_events(self, payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
        """Return the events of a response that was not streamed. Return None if it is not one, or if the module fails."""
        convert = getattr(self.plugin.module, "as_events", None)
        try:
            events = convert(payload) if convert else None
            return [(str(name), event) for name, event in events] if events else None
        except Exception:  # noqa: BLE001 - the module is not ours
            return None

    def _usage(self, reported: Mapping[str, Any], provider: str | None) -> Usage:
        try:
            usage = self.plugin.module.usage(reported, provider)
        except Exception as error:
            raise PluginError(self.plugin, error) from error
        if not isinstance(usage, Usage):
            raise PluginError(self.plugin, f"usage returned a {type(usage).__name__} instead of a Usage")
        return usage


def _fault(events: Events, reading: Reading) -> str:
    """Return what is wrong with the rows; "" if nothing."""
    with_rows = set(reading.event)
    if with_rows and not (min(with_rows) >= 0 and max(with_rows) < len(events)):
        return f"read added a row for an event that the stream of {len(events)} events does not have"
    if not with_rows.issuperset(index for index, data in enumerate(events.data) if data):
        return "read added no row for some of the events"
    if not all(0 <= kind < len(KINDS) for kind in reading.kind) or not all(
        isinstance(text, str) for text in reading.text
    ):
        return "read added a row whose kind or text is of the wrong type"
    finished = all(isinstance(reason, str) for reason in reading.finish_reasons.values())
    if not isinstance(reading.model, str | None) or not isinstance(reading.error, StreamError | None) or not finished:
        return "read set a model, an error or a finish reason of the wrong type"
    return ""
