"""What all services share. Knows no domain word: no institution, no meeting, no indicator."""
