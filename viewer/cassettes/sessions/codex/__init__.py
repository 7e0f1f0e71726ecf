"""What only the files of Codex need: where a call ends, what a user asked, what a tool returned, and what counts mean."""
