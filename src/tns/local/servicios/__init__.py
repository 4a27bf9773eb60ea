"""Real servers started without Docker and without installing anything on the machine."""
