"""Framing: where one event ends and the next begins."""

from viewer.wire.events import Event, Events

__all__ = ["Event", "Events"]
