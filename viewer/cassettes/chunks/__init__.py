"""The chunks of one response, kept as a list in JSON or YAML under keys that nobody documents."""
