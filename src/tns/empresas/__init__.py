"""The companies found in the servers, one row per company and fiscal year."""
