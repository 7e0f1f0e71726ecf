"""What only the files of Claude Code need: which agent wrote a line, which files belong together, and what totals mean."""
