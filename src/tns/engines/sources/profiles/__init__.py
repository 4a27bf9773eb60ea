"""Queries for the database shapes that are known."""
