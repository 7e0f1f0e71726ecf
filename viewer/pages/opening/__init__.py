"""Getting recordings in: the bar above each page, drops, pasted text, and what is shown while nothing is open."""
