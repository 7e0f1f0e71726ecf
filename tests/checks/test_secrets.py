from viewer.checks.files import Opening
from viewer.checks.secrets import secrets_of
from viewer.checks.settings import Settings
from viewer.cli.inputs import find_inputs

# Every third file, so that the test takes seconds.
_STEP = 3


def test_no_secret_is_reported_in_public_recordings(corpus):
    opening = Opening(find_inputs([str(corpus)]).files[::_STEP], Settings())
    found = [(one.file, secret.finding) for one in opening for secret in secrets_of(one, "sure")]
    assert found == []
    assert len(opening.checked) > 300
