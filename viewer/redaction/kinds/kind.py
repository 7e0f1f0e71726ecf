"""What a row of the table of secret kinds says."""

import re
from dataclasses import dataclass

from viewer.redaction.kinds.randomness import Checksum

# Lists of forms that scanners of repositories are built from, for kinds whose service does not document the form itself.
GITLEAKS = "https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml"
GITHUB = "https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns"
KINGFISHER = "https://github.com/mongodb/kingfisher/tree/main/crates/kingfisher-rules/data/rules"
TRUFFLEHOG = "https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors"

_LITERAL = re.compile(r"(?:[^<{]|\{[^}]*\}){3}")


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind of secret."""

    rule: str
    service: str
    """What it opens."""
    form: str
    """What it looks like, in the notation of `viewer.redaction.kinds.forms`."""
    source: str
    """Where the form is documented."""
    is_common: bool = False
    """Whether ordinary text often begins like it, so that it must stand by itself and look random."""
    digits: int = 0
    """How many digits it must have, to rule out words."""
    checksum: Checksum | None = None
    """Checks the checksum that a token of the service has. A valid token is found inside a word, too."""
    anchors: tuple[str, ...] = ()
    """The beginnings of `expression`, for a kind that is recognised by what stands before it."""
    expression: str = ""
    """A regular expression in place of the form, which is then only an example. Its first group is the secret, if it has one."""
    ignore_case: bool = False
    """Whether the anchors match in any case."""

    @property
    def shows_its_beginning(self) -> bool:
        """Whether each form begins with at least three characters that all of its secrets share."""
        return not self.expression and all(_LITERAL.match(form) for form in self.form.split(" or "))
