"""A recorder module in somebody else's package, which may fail in any way."""

from dataclasses import dataclass
from typing import Any

from viewer.cassettes.document import Document
from viewer.cassettes.recording import Recording
from viewer.types.formats import About
from viewer.types.http import Interaction
from viewer.types.plugins import Plugin, PluginError
from viewer.types.problems import CassetteError


@dataclass(frozen=True, slots=True)
class PluginRecorder:
    """Calls the module. Every failure is a `PluginError`, which says whose module it is."""

    plugin: Plugin

    @property
    def ABOUT(self) -> tuple[About, ...]:  # noqa: N802 - a constant of a module
        """The rows for the table of formats."""
        about: tuple[About, ...] = self.plugin.module.ABOUT
        return about

    def recognise(self, document: Document) -> int:
        """Return how sure the module is, from 0 to 100."""
        return self.plugin.sureness(document)

    def read(self, document: Document) -> Recording:
        """Return the interactions. Raise `CassetteError` if the module refuses the file."""
        try:
            recording = self.plugin.module.read(document)
        except CassetteError:
            raise
        except Exception as error:
            raise PluginError(self.plugin, error) from error
        if not isinstance(recording, Recording):
            raise PluginError(self.plugin, f"read returned a {type(recording).__name__} instead of a Recording")
        if not isinstance(recording.format, str) or not all(map(_is_interaction, recording.interactions)):
            raise PluginError(self.plugin, "read returned a Recording with fields of the wrong type")
        return recording


def _is_interaction(value: Any) -> bool:
    return (
        isinstance(value, Interaction)
        and isinstance(value.request.url, str)
        and isinstance(value.request.body, bytes)
        and isinstance(value.response.body, bytes)
    )
