"""A trained model: forecast from it, describe it, take it apart and put it together again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tns.engines.forecasting import backtest as past
from tns.engines.forecasting.combine import Weights, model_names, silent
from tns.engines.forecasting.config import MAX_HORIZON, Config
from tns.engines.forecasting.errors import ModelNotUsable
from tns.engines.forecasting.global_model import GlobalModel, feature_importance
from tns.engines.forecasting.intervals import Widths, article_class, error_scale
from tns.engines.forecasting.panel import Floats, Panel, Strings
from tns.engines.forecasting.prophet_models import TOTAL, ProphetPart
from tns.engines.forecasting.scans import scan
from tns.engines.forecasting.total import adjustment
from tns.engines.forecasting.trading_days import factors
from tns.engines.forecasting.views import combined, view

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 4  # of the saved parts; another number is refused


@dataclass(slots=True)
class FittedModel:
    """A trained model together with the panel it forecasts from.

    Attributes:
        panel: the history the forecasts start from.
        config, horizon: what it was trained with; longer horizons can be asked.
        xgboost: the global model, None when the history is too short; joblib saves it.
        prophet: fitted Prophet objects and their weight; joblib saves it.
        weights: shares of the models.
        calendar: elasticity of the demand to the month's working days.
        widths: quantiles behind the intervals.
        backtest: model -> metrics out of sample; see `backtest.measure`.
    """

    panel: Panel
    config: Config
    horizon: int
    xgboost: GlobalModel | None
    prophet: ProphetPart
    weights: Weights
    calendar: float
    widths: Widths
    backtest: dict[str, dict[str, float]] = field(default_factory=dict)
    backtest_origins: list[str] = field(default_factory=list)

    def predict(self, horizon: int | None = None) -> pd.DataFrame:
        """Forecast every article for the next months.

        Args:
            horizon: months, 1 to 24; the trained one when None.

        Returns:
            unique_id, ds (month start), y_hat, lo80, hi80, lo95, hi95 (units, >= 0, never NaN), modelo; sorted by
            article and month.

        Raises:
            ValueError: horizon out of range.
        """
        import pandas as pd

        ahead = self.horizon if horizon is None else horizon
        if not 1 <= ahead <= MAX_HORIZON:
            raise ValueError(f"horizon must be 1..{MAX_HORIZON}")
        forecast, bands, names = self._forecast(ahead)
        months = np.arange(self.panel.last_month + 1, self.panel.last_month + 1 + ahead).astype("datetime64[ns]")
        table = {
            "unique_id": np.repeat(self.panel.ids, ahead),
            "ds": np.tile(months, self.panel.articles),
            "y_hat": forecast.ravel(),
        }
        table |= {name: bands[name].ravel() for name in ("lo80", "hi80", "lo95", "hi95")}
        table["modelo"] = np.repeat(names, ahead)
        return pd.DataFrame(table)

    def _forecast(self, ahead: int) -> tuple[Floats, dict[str, Floats], Strings]:
        panel = without_calendar(self.panel, self.calendar)
        scans = scan(panel.y)
        origin = panel.months
        now = view(self.xgboost, panel, scans, origin, ahead)
        before = view(self.xgboost, panel, scans, origin - 1, ahead + 1) if self.weights.xgboost_earlier > 0 else None
        forecast = combined(self.weights, scans, now, before, ahead)[2]
        told = self._prophet_opinions(ahead)
        with_prophet = np.zeros(panel.articles, dtype=bool)
        if self.weights.prophet > 0:
            place = {name: row for row, name in enumerate(panel.ids)}
            for row, own in ((place[name], own) for name, own in told.items() if name in place):
                with_prophet[row] = True
                forecast[row] += self.weights.prophet * (own - forecast[row])
        forecast[silent(scans, origin)] = 0.0
        if self.weights.prophet_total > 0 and TOTAL in told:
            summed = forecast.sum(axis=0, dtype=np.float64)
            forecast *= adjustment(summed, told[TOTAL].astype(np.float64), self.weights.prophet_total)[None, :]
        forecast = np.nan_to_num(forecast, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
        bands = self.widths.bands(forecast, error_scale(scans, origin, forecast), article_class(scans, origin))
        effect = factors(self.calendar, panel.first_month, origin + ahead)[origin:]
        bands = {name: values * effect for name, values in bands.items()}
        return forecast * effect, bands, model_names(self.weights, scans, origin, with_prophet)

    def _prophet_opinions(self, ahead: int) -> Mapping[str, Floats]:
        used = {}
        if self.weights.prophet > 0:
            used = {name: model for name, model in self.prophet.models.items() if name != TOTAL}
        if self.weights.prophet_total > 0 and TOTAL in self.prophet.models:
            used[TOTAL] = self.prophet.models[TOTAL]
        return ProphetPart(used).predict(self.panel.last_month, ahead) if used else {}

    def metadata(self) -> dict[str, Any]:
        """Description: settings, weights, backtest, intervals, features (the training date is the caller's)."""
        importance = feature_importance(self.xgboost) if self.xgboost else []
        return {
            "formato": FORMAT,
            "configuracion": self.config.as_dict(),
            "horizonte": self.horizon,
            "articulos": self.panel.articles,
            "meses": self.panel.months,
            "primer_mes": str(self.panel.first_month),
            "ultimo_mes": str(self.panel.last_month),
            "pesos": self.weights.as_dict(),
            "elasticidad_dias_habiles": round(self.calendar, 4),
            "filas_xgboost": self.xgboost.rows if self.xgboost else 0,
            "caracteristicas": self.xgboost.features if self.xgboost else [],
            "importancia": [{"nombre": name, "ganancia": gain} for name, gain in importance],
            "prophet_ajustados": len(self.prophet.models),
            "prophet_articulos": sorted(name for name in self.prophet.models if name != TOTAL),
            "backtest": past.rounded(self.backtest),
            "backtest_origenes": self.backtest_origins,
            "intervalos": self.widths.as_dict(),
        }

    @classmethod
    def from_parts(
        cls, *, panel: Panel, xgboost: GlobalModel | None, prophet: ProphetPart, metadata: Mapping[str, Any]
    ) -> FittedModel:
        """Put a saved model together again, over the same panel or a newer one of the same company.

        Raises:
            ModelNotUsable: the parts come from another format or do not fit each other.
        """
        try:
            if metadata["formato"] != FORMAT:
                raise ModelNotUsable(
                    f"El modelo guardado tiene el formato {metadata['formato']} y este programa usa el {FORMAT}.",
                    que_hacer="Entrene de nuevo el modelo de la empresa.",
                )
            shares = metadata["pesos"]
            if (xgboost is None) != (metadata["filas_xgboost"] == 0):
                raise ModelNotUsable(
                    "El archivo de XGBoost no corresponde a los metadatos del modelo.",
                    que_hacer="Entrene de nuevo el modelo de la empresa.",
                )
            return cls(
                panel=panel,
                config=Config.from_dict(metadata["configuracion"]),
                horizon=int(metadata["horizonte"]),
                xgboost=xgboost,
                prophet=prophet,
                weights=Weights.from_dict(shares),
                calendar=float(metadata["elasticidad_dias_habiles"]),
                widths=Widths.from_dict(metadata["intervalos"]),
                backtest={k: dict(v) for k, v in metadata["backtest"].items()},
                backtest_origins=list(metadata["backtest_origenes"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelNotUsable(
                "Los metadatos del modelo guardado están incompletos o dañados.",
                que_hacer="Entrene de nuevo el modelo de la empresa.",
                tecnico=repr(error),
            ) from error


def without_calendar(panel: Panel, power: float) -> Panel:
    """The panel as it would have been in months of usual length."""
    if power == 0.0:
        return panel
    return replace(panel, y=panel.y / factors(power, panel.first_month, panel.months))
