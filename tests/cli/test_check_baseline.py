"""The command `check` with a baseline, in a folder of cassettes that is recorded again."""

import pytest

from tests.support.repositories import KEY, cassette
from viewer.cli.main import main

OTHER_KEY = KEY.replace("a8Kd03nV", "Zp41mQx7")


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Run `check` in a folder, and return its status and what it writes."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, **files):
        for name, text in files.items():
            path = tmp_path / f"{name}.yaml"
            path.unlink(missing_ok=True) if text is None else path.write_text(text)
        status = main(["check", ".", "--baseline", "known.json", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def joined(*cassettes):
    """One cassette with the interactions of several."""
    first, *others = cassettes
    return first + "".join(other.partition("interactions:\n")[2] for other in others)


def test_what_a_baseline_holds_does_not_fail_after_others_are_recorded_again(check):
    assert check("--update-baseline", a=cassette("Hello.", KEY))[0] == 0
    assert check()[0] == 0
    again = joined(cassette("New."), cassette("Hello again.", KEY), cassette("More."))
    status, out, err = check(a=again)
    assert status == 0
    assert "1 more in the baseline" in out
    assert "Gone" not in err


def test_another_key_in_the_same_place_fails(check):
    check("--update-baseline", a=cassette("Hello.", KEY))
    status, out, err = check(a=cassette("Hello.", OTHER_KEY))
    assert status == 1
    assert "secret" in out
    assert "Gone since the baseline: secret in a.yaml." in err


def test_what_is_fixed_is_gone_until_the_baseline_is_updated(check):
    check("--update-baseline", a=cassette("Hello.", KEY), b=cassette("Goodbye.", OTHER_KEY))
    status, _, err = check(a=cassette("Hello."), b=None)
    assert status == 0
    assert "Gone since the baseline: secret in a.yaml.\nGone since the baseline: secret in b.yaml.\n" in err
    check("--update-baseline")
    assert "Gone" not in check()[2]


def test_a_baseline_holds_no_secret_and_no_message(check, tmp_path):
    check("--update-baseline", a=cassette("Hello.", KEY))
    text = (tmp_path / "known.json").read_text()
    assert text.count("\n") == 4
    assert not any(part in text for part in (KEY, KEY[:8], "openai", "Revoke"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"version": 9}', "known.json: is a baseline of version 9; this program compares with version 1."),
        ('{"version": 0}', "Write it again with --update-baseline."),
        (None, "known.json: there is no such file. Write it with --update-baseline."),
    ],
)
def test_a_baseline_that_cannot_be_used_ends_with_2_and_one_line(check, tmp_path, text, reason):
    if text:
        (tmp_path / "known.json").write_text(text)
    status, out, err = check(a=cassette("Hello.", KEY))
    assert (status, out) == (2, "")
    assert reason in err
    assert err.count("\n") == 1


def test_a_newer_baseline_is_never_written_over(check, tmp_path):
    (tmp_path / "known.json").write_text('{"version": 9}')
    assert check("--update-baseline", a=cassette("Hello.", KEY))[0] == 2
    assert (tmp_path / "known.json").read_text() == '{"version": 9}'


@pytest.mark.parametrize(("fail_on", "status"), [("fail", 1), ("warn", 1), ("never", 0)])
def test_the_caller_says_what_fails(check, fail_on, status):
    check("--update-baseline", a=cassette("Hello."))
    assert check("--fail-on", fail_on, a=cassette("Hello.", KEY))[0] == status


@pytest.mark.parametrize(("fail_on", "status"), [("fail", 0), ("warn", 1), ("never", 0)])
def test_a_warning_fails_if_the_caller_says_so(check, fail_on, status):
    check("--update-baseline", a=cassette("Hello."))
    cut_off = cassette("Hello.").replace('"finish_reason": "stop"', '"finish_reason": null').replace("data: [DONE]", "")
    assert check("--fail-on", fail_on, a=cut_off)[0] == status
