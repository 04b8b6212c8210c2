"""How near is near enough."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from lastmile.scenario.fields import Metres, Table, broken_rule
from lastmile.scenario.norms import (
    DEFAULT_NORM,
    NORMS,
    WALKING_KPH,
    Language,
    Metric,
    Norm,
    NormKey,
)

_FIGURES = ("urban_m", "rural_m", "metric")


class ServiceDistance(Table):
    """The standard: how far is near enough, and how distance is measured."""

    norm: NormKey = DEFAULT_NORM
    """The norm that sets what is not stated below: changzhou-2014, gb50180-5min, gb50180-10min,
    gb50180-15min or circle-15min; ``lastmile norms`` lists them with document and clause. A figure
    stated beside it overrides, and maps and reports then call the norm modified."""

    walking_kph: Annotated[float, Field(gt=0.0, le=10.0)] | None = None
    """For norms in minutes (circle-15min): how fast people walk, in kilometres per hour; 4 if not
    stated."""

    urban_m: Metres = 500.0
    """Service distance of urban demand, in metres, inclusive; that of the norm if not stated."""

    rural_m: Metres = 1000.0
    """Service distance of rural demand, in metres, inclusive; that of the norm if not stated."""

    metric: Metric = "network"
    """Walking length over roads (network), or the straight line (euclidean), for comparison with
    norms that use it; that of the norm if not stated."""

    max_access_m: Metres = 300.0
    """Points farther than this from any walkable road are off network, in metres."""

    max_off_network_share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.2
    """Refuse to plan when a larger share of the demand points is off network: such a share
    mostly means a wrong CRS or a road extract that ends too early."""

    @model_validator(mode="before")
    @classmethod
    def _take_figures_of_norm(cls, stated: Any) -> Any:  # noqa: ANN401 - whatever a file holds
        """Let the norm set what the scenario does not."""
        if not isinstance(stated, dict):
            return stated
        key, pace = stated.get("norm", DEFAULT_NORM), stated.get("walking_kph")
        if not isinstance(key, str) or key not in NORMS:
            return stated  # a fault, told by the field itself
        sound = isinstance(pace, int | float) and pace > 0.0
        return _figures(NORMS[key], pace if sound else None) | stated  # type: ignore[index]

    @model_validator(mode="after")
    def _pace_is_used(self) -> ServiceDistance:
        if self.walking_kph is not None and self.preset.minutes is None:
            raise broken_rule(
                f"walking_kph beside norm {self.norm!r}, which is in metres",
                "a pace only where the norm is in minutes, such as circle-15min",
            )
        return self

    @property
    def preset(self) -> Norm:
        """The norm itself."""
        return NORMS[self.norm]

    @property
    def modified(self) -> tuple[str, ...]:
        """Names of the figures that differ from those of the norm."""
        own = _figures(self.preset, self.walking_kph)
        return tuple(name for name in _FIGURES if getattr(self, name) != own[name])

    def as_dict(self) -> dict[str, Any]:
        """Return the standard with its norm, document and clause, for ``plan.json``."""
        norm = self.preset
        return {
            "norm": norm.key,
            "document": norm.document.zh,
            "document_en": norm.document.en,
            "number": norm.number,
            "clause": norm.clause.zh,
            "clause_en": norm.clause.en,
            "verified": norm.verified,
            "walking_kph": None if norm.minutes is None else self._pace_kph,
            "modified": list(self.modified),
            "urban_m": self.urban_m,
            "rural_m": self.rural_m,
            "metric": self.metric,
        }

    def provenance(self, language: Language) -> str:
        """Say which norm the standard is, whether it was verified, and what was modified.

        Examples
        --------
        >>> ServiceDistance(urban_m=400).provenance("zh").endswith("已修改：城镇 500 米改为 400 米")
        True
        """
        norm = self.preset
        checked = _VERIFIED[language][norm.verified]
        document, clause = norm.document.text(language), norm.clause.text(language)
        pace = "" if norm.minutes is None else _PACE[language].format(self._pace_kph)
        mark = "；" if language == "zh" else "; "
        parts = [_SOURCE[language].format(document, norm.number, clause), checked, pace]
        return mark.join(part for part in (*parts, self._changes(language)) if part)

    @property
    def _pace_kph(self) -> float:
        return WALKING_KPH if self.walking_kph is None else self.walking_kph

    def _changes(self, language: Language) -> str:
        """Say what differs from the norm; '' if nothing does."""
        own, words = _figures(self.preset, self.walking_kph), _CHANGES[language]
        named = _METRICS[language]
        told = [
            words[name].format(*(named.get(v, v) for v in (own[name], getattr(self, name))))
            for name in self.modified
        ]
        return words[""] + words[","].join(told) if told else ""


def _figures(norm: Norm, walking_kph: float | None) -> dict[str, Any]:
    """Give the figures that a norm sets."""
    urban_m = norm.urban_at(walking_kph)
    return {"urban_m": urban_m, "rural_m": norm.rural_m, "metric": norm.metric}


_SOURCE = {"zh": "{}（{}），{}", "en": "{} ({}), {}"}
_VERIFIED = {
    "zh": {True: "数值已核实", False: "数值未经核实"},
    "en": {True: "figure verified", False: "figure not verified"},
}
_PACE = {"zh": "步行速度按每小时 {:g} 公里计（假定）", "en": "walking at {:g} km/h (assumed)"}
_METRICS = {
    "zh": {"network": "步行路网距离", "euclidean": "直线距离"},
    "en": {"network": "walking distance", "euclidean": "straight line"},
}
_CHANGES = {
    "zh": {
        "": "已修改：",
        ",": "、",
        "urban_m": "城镇 {:g} 米改为 {:g} 米",
        "rural_m": "乡村 {:g} 米改为 {:g} 米",
        "metric": "{}改为{}",
    },
    "en": {
        "": "modified: ",
        ",": ", ",
        "urban_m": "urban {1:g} m instead of {0:g} m",
        "rural_m": "rural {1:g} m instead of {0:g} m",
        "metric": "{1} instead of {0}",
    },
}
