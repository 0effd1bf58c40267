"""The demo city's data: fictional, deterministic by seed and day, written in one pass whatever its size."""
