"""Find values that the text around them gives away: settings, code, commands, header lines, URLs."""
