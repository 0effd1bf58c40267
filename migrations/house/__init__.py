"""What migration 0001 makes, one module a subject."""
