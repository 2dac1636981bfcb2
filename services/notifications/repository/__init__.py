"""Feeds, numbers, denials and copies in PostgreSQL: the hot path, on the driver itself."""
