"""notifications — *Notifications*: who is told of what, on which channel, and what came of it.

Owns: notifications with their deliveries, and the announcements they come from.
Never does: the directory, meetings, figures. Knows institutions, focal points, groups and meetings as replicas fed by
events; keeps no e-mail address in a record of its own: it is looked up in the replica at the moment of sending.
Start reading at service.py, then handlers/announcement.py: from an act of the secretariat to the people concerned.
"""
