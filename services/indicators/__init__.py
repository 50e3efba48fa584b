"""indicators — *Suivi-évaluation*: result frameworks, what is measured for them, and the figures observed.

Owns: frameworks, indicators, observations, what was said to check them, and the frameworks that ship.
Never does: the directory, meetings, messages. Knows institutions as a replica fed by events.
Start reading at service.py, then handlers/observation.py: a figure from its submission to its publication.
"""
