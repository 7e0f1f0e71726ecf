"""Made-up secrets, planted in recordings, and the search for what redaction left of them.

An independent judge of redaction: it is written from the documented forms of secrets and from what recorders write, not from
the patterns of `viewer.redaction`. Secrets are made at run time, so that no scanner of this repository finds one in the source.
"""
