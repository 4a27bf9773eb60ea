"""Keys that let a client's programs read the data of its own NIT."""
