import pytest

from viewer.checks.rule import Option, Rule
from viewer.checks.settings_file import find_settings, read_settings
from viewer.types.problems import CassetteError

SECRET = Rule("secret", "fail", "", "")
LARGE = Rule("large-file", "warn", "", "", (Option("max_size_bytes", 1000, ""),))
RULES = (SECRET, LARGE)


def read(tmp_path, text, name=".cassette-viewer.toml"):
    path = tmp_path / name
    path.write_text(text)
    return read_settings(path, RULES).settings


def test_a_level_is_set_alone_or_with_numbers(tmp_path):
    settings = read(tmp_path, '[rules]\nsecret = "warn"\nlarge-file = { level = "fail", max_size_bytes = 5 }\n')
    assert settings.level(SECRET) == "warn"
    assert settings.level(LARGE) == "fail"
    assert settings.options(LARGE) == {"max_size_bytes": 5}


def test_what_is_not_set_has_its_default(tmp_path):
    settings = read(tmp_path, "[rules.large-file]\nmax_size_bytes = 5\n")
    assert settings.level(LARGE) == "warn"
    assert settings.level(SECRET) == "fail"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("excluded = []", "there is no setting 'excluded'; the nearest is 'exclude'"),
        ('[rules]\nsecrets = "off"', "rules: there is no setting 'secrets'; the nearest is 'secret'"),
        (
            "[rules.large-file]\nmax_size = 5",
            "large-file: there is no setting 'max_size'; the nearest is 'max_size_bytes'",
        ),
        ('[rules]\nzebra = "off"', "rules: there is no setting 'zebra'; there are secret, large-file"),
        ('[rules]\nsecret = "error"', "secret: the level must be one of off, warn, fail, not 'error'"),
        ("[rules]\nsecret = 3", "secret must be a table, not 3"),
        (
            '[rules.large-file]\nmax_size_bytes = "5"',
            "large-file: max_size_bytes must be a whole number from 0, not '5'",
        ),
        (
            "[rules.large-file]\nmax_size_bytes = true",
            "large-file: max_size_bytes must be a whole number from 0, not True",
        ),
        ('exclude = "a"', "exclude must be a list of texts, not 'a'"),
        ("exclude = ", "is not readable as TOML"),
    ],
)
def test_what_is_wrong_is_refused_with_the_file_and_the_setting(tmp_path, text, message):
    with pytest.raises(CassetteError) as refused:
        read(tmp_path, text)
    assert message in str(refused.value)
    assert str(tmp_path) in str(refused.value)


def test_settings_are_found_upwards_and_the_own_file_comes_first(tmp_path):
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.cassette-viewer.check.rules]\nsecret = "off"\n')
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    found = find_settings(below, RULES)
    assert found.path == tmp_path / "pyproject.toml"
    assert found.settings.level(SECRET) == "off"
    (tmp_path / ".cassette-viewer.toml").write_text('[rules]\nsecret = "warn"\n')
    assert find_settings(below, RULES).settings.level(SECRET) == "warn"


def test_a_named_file_must_have_the_table(tmp_path):
    with pytest.raises(CassetteError, match=r"has no table \[tool.cassette-viewer.check\]"):
        read(tmp_path, "[project]\n", "pyproject.toml")


def test_patterns_are_relative_to_the_file_of_settings(tmp_path, monkeypatch):
    text = 'exclude = ["cassettes/errors"]\n[rules.secret]\nexclude = ["cassettes/redact*.yaml"]\n'
    settings = read(tmp_path, text)
    (tmp_path / "cassettes").mkdir()
    monkeypatch.chdir(tmp_path / "cassettes")
    assert settings.excludes("errors/a.yaml")
    assert settings.excludes(str(tmp_path / "cassettes" / "errors" / "deep" / "a.yaml"))
    assert not settings.excludes("errors.yaml")
    assert not settings.applies(SECRET, "redacted.yaml")
    assert settings.applies(LARGE, "redacted.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"x = {'[' * 100_000}", "is not readable as TOML"),
        (f"exclude.{'.'.join('a' * 20_000)} = 1", "exclude must be a list of texts, not such a long dict"),
        (f"[rules]\nsecret = {{ level = 0x{'f' * 6_000} }}", "not such a long int"),
    ],
)
def test_settings_that_python_cannot_hold_or_write_are_refused(tmp_path, text, message):
    with pytest.raises(CassetteError, match=message):
        read(tmp_path, text)
