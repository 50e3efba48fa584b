"""What could not be handled: kept, shown, replayed, dropped."""
