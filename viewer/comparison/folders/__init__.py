"""Compare two folders of recordings, or two revisions of one: what changed in many recordings at once."""
