"""The whole flow as a client of the API would do it, on the demo installation, compared with what is true of it."""
