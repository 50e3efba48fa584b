"""federation — *Fédération*: which nodes belong together, the links between their brokers, and how these links are.

Owns: the members of a centre (invited, joined, suspended, removed), its invitations, and this node's own way to its
centre. Never does: carry events, the broker's shovels do; look into another service's records.
Start reading at domain/invitation.py (how a region proves itself without sending a secret), then handlers/joining.py.
"""
