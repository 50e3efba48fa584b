"""The commands of `./gtm`: a module each, holding a click command of the module's own name.

A new command is a new module here, nothing else: `import_minutes.py` holds `import_minutes`, which is
`gtm import-minutes`.
"""
