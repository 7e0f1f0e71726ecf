"""OpenAI's Responses API, of which Realtime, transcriptions and images send parts as well."""
