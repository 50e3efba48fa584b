"""Searching: what a word is, what a query asks for, which parts of a record can be found, what of it is shown."""
