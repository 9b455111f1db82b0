"""Where and when the factories of care beds play."""

from datetime import date

CITY, DISTRICT, STREET = "330100", "330105", "330105011"
LONG_AGO, FAR_OFF = date(2026, 1, 1), date(2027, 12, 31)
