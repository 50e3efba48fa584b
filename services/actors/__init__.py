"""actors — *Acteurs*: the directory (institutions, focal points, groups) and who does what, where.

Owns: institutions and their merges, focal points, groups, interventions and their confirmations, shipped lists.
Never does: meetings, figures, messages. Learns of meetings by events only, to propose institutions it does not know.
Start reading at service.py, then handlers/.
"""
