"""A body without its secrets, its framing as it was."""

from viewer.redaction.bodies import units_of
from viewer.redaction.texts import Rules, struck_units


def struck_body(content_type: str, body: bytes, rules: Rules, where: str) -> bytes:
    """Return a body without its secrets; the same bytes where there are none."""
    units = units_of(content_type, body)
    struck = struck_units(units.texts, rules, where, continued=len(units.texts) > 1)
    return b"".join(units.rebuilt(struck)) if struck != units.texts else body
