"""Cases in PostgreSQL, a batch at a time, on the asyncpg connection of the unit of work."""
