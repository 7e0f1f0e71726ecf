"""Which interaction the page shows if its address names none."""

from viewer.streams.cassette import Cassette


def default_interaction(cassette: Cassette) -> int | None:
    """Return the interaction that an address without one shows; None if it shows all calls, as for a session of several."""
    return None if cassette.session and len(cassette.interactions) > 1 else cassette.main_interaction
