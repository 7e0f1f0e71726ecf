"""What a test run says of the cassettes that its tests used. The pytest plugin puts it into the reports."""
