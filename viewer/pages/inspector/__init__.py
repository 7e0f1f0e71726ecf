"""The inspector: what one event, the tokens, the times, the HTTP messages and the problems of a stream are."""
