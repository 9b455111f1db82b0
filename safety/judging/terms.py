"""The numbers that judgement goes by, as a policy document and a home's own thresholds say. Pure."""

from dataclasses import dataclass
from datetime import datetime

DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyRules:
    """What holds for a home on a day. Times of day are minutes after midnight; defaults are the demonstration's."""

    document_id: int | None = None
    day_from: int = 6 * 60
    day_until: int = 22 * 60
    night_from: int = 23 * 60
    night_until: int = 5 * 60
    quiet_day_minutes: int = 7 * 60
    quiet_night_minutes: int = 11 * 60
    quiet_least_minutes: int = 150
    quiet_most_minutes: int = 15 * 60
    quiet_margin_minutes: int = 30
    quiet_margin_percent: int = 25
    learning_days: int = 6
    history_days: int = 28
    false_alarms_in_100_days: int = 4
    away_least_minutes: int = 6 * 60
    away_most_minutes: int = 24 * 60
    bathroom_day_minutes: int = 60
    bathroom_night_minutes: int = 90
    bathroom_most_minutes: int = 4 * 60
    door_open_minutes: int = 10
    door_night_minutes: int = 20
    water_stopped_hours: int = 24
    water_stopped_litres: int = 10
    water_running_hours: int = 24
    water_most_litres: int = 1000
    fall_cancel_seconds: int = 45
    battery_low_percent: int = 20
    silent_beats: int = 3
    silent_least_minutes: int = 60
    meal_days_of_14: int = 8
    meal_quiet_minutes: int = 180
    away_from: datetime | None = None
    away_until: datetime | None = None

    def is_night(self, minute: int) -> bool:
        """Say whether a minute of the day lies in the hours in which an outer door should stay closed."""
        if self.night_from > self.night_until:
            return minute >= self.night_from or minute < self.night_until
        return self.night_from <= minute < self.night_until

    def is_away(self, at: datetime) -> bool:
        """Say whether somebody has told us that nobody is home at a moment."""
        return self.away_from is not None and self.away_from <= at and (self.away_until is None or at < self.away_until)

    def prior_quiet(self, minute: int) -> int:
        """Return how long it may be quiet at a minute of the day where nothing is known of the home's own rhythm.

        So much of the day (07:00 of 16:00 h), the night not counted: quiet since the evening counts on in the morning,
        but with the night no longer than people sleep.
        """
        night = DAY - (self.day_until - self.day_from)
        if minute >= self.day_until or minute < self.day_from:
            allowed = self.quiet_day_minutes + (minute - self.day_until) % DAY
        elif minute < self.day_from + self.quiet_day_minutes:
            allowed = self.quiet_day_minutes + night
        else:
            allowed = self.quiet_day_minutes
        return min(allowed, self.quiet_night_minutes, self.quiet_most_minutes)
