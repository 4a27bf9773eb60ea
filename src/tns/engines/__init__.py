"""What the program can do, in plain Python: no Django, no knowledge of the apps."""
