"""Violations for the tests of outputs."""

from viewer.checks.violation import Violation

HOSTILE = '\x1b]0;x\x07 ::error::\n::set-output name=a::b\r##[add-path] %0A [link](http://evil.example) {0} <b>&"\u202e]]>\ufffe\ud800'
PLACES = ("a b,c:d%é.yaml", "cassettes/plain.yaml")


def violation(
    number=1, level="fail", file="cassettes/a.yaml", rule="secret", line=7, message="A key.", advice="Revoke it."
):
    return Violation(rule, level, file, message, advice, f"{number:016x}", line, 0)
