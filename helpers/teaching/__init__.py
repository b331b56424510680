"""For instructors: running lessons as tests, reports, editions."""
