"""Events on their way: out of the outbox, and into handlers."""
