"""The customers' database servers and the test of their connection."""
