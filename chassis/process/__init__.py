"""What every process has: settings, logs, metrics, health, tokens."""
