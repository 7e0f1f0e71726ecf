"""The replay of a stream as one animated picture, which a README can show."""

from viewer.display.replay_svg.document import MAX_BYTES, animated_svg

__all__ = ["MAX_BYTES", "animated_svg"]
