"""People of the console: users, roles and what each caller may see."""
