"""Several nodes: their descriptions and certificates, digests and repair."""
