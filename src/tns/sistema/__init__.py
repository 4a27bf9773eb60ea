"""The installation seen from above: health, state of its parts, dashboard, metrics, settings."""
