"""The URL tables, one line an address; gateway/table.py says what a line means."""
