"""Demand models of each NIT: training, registry of versions, MLflow, served forecasts, purchase proposals."""
