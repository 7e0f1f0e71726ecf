"""Splitting a body into events."""

from viewer.wire.events import Event, Events

__all__ = ["Event", "Events"]
