"""Find values that the structure of JSON gives away: under telling keys, and beside telling names."""
