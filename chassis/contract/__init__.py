"""What published contracts are made of: fields, schemas, the envelope, what nodes exchange."""
