"""What the shelf publishes and takes."""
