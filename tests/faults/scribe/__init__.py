"""The actors as they are, and one call that enters and changes many institutions at once."""
