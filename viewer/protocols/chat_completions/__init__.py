"""OpenAI's chat completions, and what the many APIs that imitate them send."""
