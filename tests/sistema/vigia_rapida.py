"""Imported by a worker of the tests (`--include`): its watch looks twice a second, for the hours pass that fast."""

from tns.sistema import vigia

vigia.CADA_S = 0.5
