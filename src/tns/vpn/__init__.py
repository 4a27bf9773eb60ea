"""WireGuard servers, the tunnels of the customers and what was done to them."""
