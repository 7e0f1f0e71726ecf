"""The report: a recording as one HTML page that can be sent to anyone."""
