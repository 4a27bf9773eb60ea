"""Movements brought from the customers' databases: windows, runs, reconciliation."""
