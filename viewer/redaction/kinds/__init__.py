"""The table of secret kinds: every kind that is recognised by its form or its place, with an example and a source.

Kinds are in the order in which they are tried. Of two that match the same characters, the earlier one names the finding.
`scripts/secret-kinds` writes docs/secret-kinds.md from this table.
"""

from viewer.redaction.kinds import business, clouds, developer_tools, models, places
from viewer.redaction.kinds.kind import SecretKind as SecretKind

GROUPS: dict[str, tuple[SecretKind, ...]] = {
    "Language models, speech and search": models.KINDS,
    "Clouds, databases and monitoring": clouds.KINDS,
    "Code hosting, packages and tools for teams": developer_tools.KINDS,
    "Payments, mail, chat and social networks": business.KINDS,
    "Any service, by its place": places.KINDS,
}
KINDS: tuple[SecretKind, ...] = tuple(kind for group in GROUPS.values() for kind in group)
