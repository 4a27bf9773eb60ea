"""WireGuard: keys, addresses, the client's file, the interface's file, live state and the way to a server over SSH."""
