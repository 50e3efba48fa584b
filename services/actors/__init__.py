"""actors — *Acteurs*: the directory (institutions, focal points, groups) and who does what, where.

Owns: institutions, focal points, groups, interventions, and the reference lists that ship.
Never does: meetings, figures, messages. Learns of meetings by events only, to propose institutions it does not know.
Start reading at service.py, then handlers/.
"""
