"""A service of the tests: writes a line in its ledger each time an event is applied, so that "once" can be counted."""
