"""The rules. Each module is one rule and is found by its place in this folder; `viewer.checks.rule` says what it has."""
