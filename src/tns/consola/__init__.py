"""The built web console and the page that starts it; its source is in `consola/`."""
