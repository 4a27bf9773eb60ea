"""Rows of a source into PostgreSQL, a window at a time, whole or not at all."""
