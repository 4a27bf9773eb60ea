"""How a company looks to its customers: self-checkout kiosk, online shop, and the host names that lead there."""
