"""What a node holds on persons, tried over HTTP with real services."""
