"""A believable, invented year of a central group and its members, loaded through the public API like anybody's data.

Read `load.py` first: the steps in order. What is loaded stands in `data/`, in words; `calendar.py` turns its months
into dates; `actors.py`, `meetings.py` and `indicators.py` put one entry each on the node, or find that it is there.
Running it again does nothing, and a run that was cut short goes on where it stopped: every entry is looked for by a
key that people know (acronym, e-mail, title, code) before it is made, and moved on only from where it stands.
"""
