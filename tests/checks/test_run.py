from tests.redaction.test_cassette import chat
from tests.support import planted
from tests.support.checking import recording_of
from viewer.checks.rule import Check, Rule
from viewer.checks.run import run
from viewer.checks.settings import RuleSettings, Settings

RULE = Rule("made-up", "warn", "It is made up.", "For a test.")


def test_a_message_that_holds_a_secret_is_not_shown():
    key = planted.secrets_of("openai-key")[0]
    recording = recording_of(chat([{"content": f"the key {key}\n"}]))
    careless = Check(RULE, lambda one, _: iter([RULE.violation(one.file, f"It says {key}.", "", key="")]))
    assert recording.redacted.findings
    (found,) = run([recording], Settings(), checks=[careless])
    assert found.message == "What is wrong is not shown, because it would show a secret."


def test_a_rule_over_all_recordings_shows_no_secret_either():
    key = planted.secrets_of("openai-key")[0]
    names = ("knows", "told by another")
    recordings = [
        recording_of(chat([{"content": f"the key {key if name == 'knows' else ''}"}]), name) for name in names
    ]
    careless = Check(
        RULE,
        None,
        lambda one, _: one.file,
        lambda facts, _: (RULE.violation(file, f"It says {key}.", "") for file in facts),
    )
    messages = [one.message for one in run(recordings, Settings(), checks=[careless])]
    assert messages[0] == "What is wrong is not shown, because it would show a secret."
    assert key not in messages[1]


def test_a_rule_over_all_recordings_sees_the_facts_it_kept_in_order():
    rule = Check(
        RULE,
        None,
        lambda one, _: one.file if one.file != "b" else None,
        lambda facts, _: iter([RULE.violation("a", ",".join(facts), "")]),
    )
    recordings = [recording_of(chat([{"content": "x"}]), file) for file in ("c", "b", "a")]
    settings = Settings(rules={"made-up": RuleSettings("fail")})
    (found,) = run(recordings, settings, checks=[rule])
    assert (found.message, found.level) == ("c,a", "fail")
    assert found.fingerprint


def test_a_rule_that_is_off_is_not_run():
    def check(_recording, _options):
        raise AssertionError

    settings = Settings(rules={"made-up": RuleSettings("off")})
    assert list(run([recording_of(chat([{"content": "x"}]))], settings, checks=[Check(RULE, check)])) == []
