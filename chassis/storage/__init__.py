"""The store: records with their events in one commit, the marks of what was applied, copies of others' records."""
