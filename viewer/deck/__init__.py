"""The replay player: one ES module, one stylesheet, and the tape it plays."""

from importlib.resources import files

from viewer.deck.tape import make_tape

__all__ = ["make_tape", "script", "stylesheet"]


def script() -> str:
    """Return the source of the ES module, which exports `mount(root, tape, options)`."""
    return (files(__name__) / "deck.js").read_text(encoding="utf-8")


def stylesheet() -> str:
    """Return the style that a host puts beside the module."""
    return (files(__name__) / "deck.css").read_text(encoding="utf-8")
