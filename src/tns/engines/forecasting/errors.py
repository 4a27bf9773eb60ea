"""What can be wrong with a panel, told in Spanish to the person who brought it."""

from __future__ import annotations

from tns.engines.errors import TNSError


class ForecastError(TNSError):
    """Base of the expected failures of the forecasting engine."""

    codigo = "pronostico_fallo"


class InvalidPanel(ForecastError):
    """The demand history cannot be read as a monthly panel."""

    codigo = "panel_invalido"


class ModelNotUsable(ForecastError):
    """Saved parts do not belong together or were written by another version."""

    codigo = "modelo_no_utilizable"
