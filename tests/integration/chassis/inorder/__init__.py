"""A service of the tests whose handler needs the versions of a record in order."""
