"""For instructors: running lessons as tests, the report of a run, editions for students, readability."""
