"""Calls that every service answers, beside its own: on its log, for who runs the node, across nodes."""
