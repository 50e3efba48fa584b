"""The accounts of this node: who may sign in, with which roles; their sessions, tokens for machines, journal.

domain/ holds the rules in plain Python, storage/ the documents of the gateway's own database; the use cases are here.
Accounts are internal: they never leave the node, and no event tells of them (docs/decisions/0067).
"""
