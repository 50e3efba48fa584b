"""meetings — *Réunions*: meetings, their minutes and what follows from them.

Owns: meetings, minutes (and the source texts they came from), recommendations and actions.
Never does: the directory, figures, messages. Knows institutions and groups as replicas fed by events.
Start reading at service.py, then handlers/importing.py: from a compte-rendu to a meeting and its minutes.
"""
