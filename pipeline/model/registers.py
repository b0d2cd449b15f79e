"""The commune's registers as one frozen record: units, people, products, indicators, days off."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from pipeline.model.calendar import Cycle, DaysOff
from pipeline.model.tables import records

SHARED = "dùng chung"
STANDARD_POINTS = Decimal(5)


@dataclass(frozen=True)
class Registers:
    """Rows of danh-muc.xlsx by code, in the register's order."""

    units: Mapping[str, dict]
    people: Mapping[str, dict]
    products: Mapping[str, dict]
    indicators: Mapping[str, dict]
    days_off: DaysOff

    def person_name(self, code: str) -> str:
        """Return a person's name, or the code itself when it is on no register."""
        return self.people[code]["name"] if code in self.people else code

    def unit_name(self, code: str) -> str:
        """Return a unit's name, or the code itself."""
        return self.units[code]["name"] if code in self.units else code

    @property
    def unit_names(self) -> dict[str, str]:
        """The name of every unit by its code."""
        return {code: unit["name"] for code, unit in self.units.items()}

    @property
    def addresses(self) -> dict[str, str]:
        """The e-mail of every unit by its code."""
        return {code: unit["email"] for code, unit in self.units.items()}

    def progress_only(self, unit: str) -> bool:
        """Say whether a unit is followed by counts only (police, military)."""
        return self.units[unit]["progress_only"] == "có"

    def people_of(self, unit: str) -> list[dict]:
        """Return the people of a unit in register order."""
        return [person for person in self.people.values() if person["unit"] == unit]

    def scored_in_month(self, categories: Collection[str], cycle: Cycle) -> list[dict]:
        """Return the people scored in a cycle's month: of a scored «diện», in office in it."""
        first, last = cycle.last_day.replace(day=1), cycle.last_day
        return [
            person
            for person in self.people.values()
            if person["category"] in categories
            and works(person, first, last)
            and not unscored(person, first, last)
        ]

    def products_of(self, unit: str) -> list[dict]:
        """Return the unit's own and the shared products."""
        return [row for row in self.products.values() if row["unit"] in (unit, SHARED)]

    def indicators_of(self, unit: str) -> list[dict]:
        """Return the indicators the unit answers for."""
        return [row for row in self.indicators.values() if row["unit"] == unit]

    def deduct(self, product: str) -> str:
        """Return how a product is deducted: «dòng» (default) or «cái»."""
        return self.products[product]["deduct"] or "dòng" if product in self.products else "dòng"

    def lists(self) -> dict[str, list[str]]:
        """Return the named lists of the drop-downs, each item «code – name»."""
        units, people = (list(map(label, part.values())) for part in (self.units, self.people))
        return {
            "units": units,
            "units_or_shared": [SHARED, *units],
            "people": people,
            "people_and_units": [*people, *units],
            "products": [label(row, "product") for row in self.products.values()],
        }


def works(person: Mapping[str, object], first: date, last: date) -> bool:
    """Say whether a person is in office on some day of the span."""
    return (person["active_from"] or first) <= last and (person["active_to"] or last) >= first


def unscored(person: Mapping[str, object], first: date, last: date) -> bool:
    """Say whether «không chấm» covers the whole span."""
    start, end = person["unscored_from"], person["unscored_to"]
    return bool(start or end) and (start or first) <= first and (end or last) >= last


def label(row: Mapping[str, str], name: str = "name") -> str:
    """Return an item of a drop-down: «CB012 – Nguyễn Văn An»; the code alone decides."""
    return f"{row['code']} – {row[name]}"


def build_registers(tables: Mapping[str, pd.DataFrame]) -> Registers:
    """Return the registers from the typed tables of danh-muc.xlsx, keyed by sheet."""
    days = records(tables["days_off"])
    return Registers(
        units=_by_code(tables["units"]),
        people=_by_code(tables["people"]),
        products={
            code: _with_coefficient(row) for code, row in _by_code(tables["products"]).items()
        },
        indicators=_by_code(tables["indicators"]),
        days_off=DaysOff(
            off=frozenset(day["date"] for day in days if day["kind"] == "nghỉ"),
            worked=frozenset(day["date"] for day in days if day["kind"] == "làm bù"),
        ),
    )


def _by_code(table: pd.DataFrame) -> dict[str, dict]:
    return {row["code"]: row for row in records(table)}


def _with_coefficient(product: dict) -> dict:
    """Return the product with a coefficient: as published, else from its points."""
    if product["coefficient"] is not None or product["points"] is None:
        return product
    return {**product, "coefficient": usual_coefficient(product["points"])}


def usual_coefficient(points: Decimal, standard: Decimal = STANDARD_POINTS) -> Decimal:
    """Return points ÷ standard points, to one decimal."""
    return (points / standard).quantize(Decimal("0.1"), ROUND_HALF_UP)
