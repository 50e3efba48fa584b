"""The whole of a node in one file, and back (docs/backup.md): what is in it, making it, taking it in."""
