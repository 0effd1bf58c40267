"""A pack compiled to one expression (Ibis) for whole populations: DuckDB, Spark or PostgreSQL run it."""
