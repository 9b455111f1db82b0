"""Sums of sales that are kept, so that no page adds up a million rows. Only ``fold_meals`` writes them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Fen, Model


class MealDay(Model):
    """What a canteen sold in one meal of one day, with or without subsidy; what was undone is taken off."""

    __tablename__ = "meal_day"

    canteen_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    meal_on: Mapped[date] = mapped_column(primary_key=True)
    window_name: Mapped[str] = mapped_column(primary_key=True)
    is_subsidised: Mapped[bool] = mapped_column(primary_key=True)
    meals: Mapped[int]
    undone: Mapped[int]
    price_fen: Mapped[Fen]
    public_fen: Mapped[Fen]
    concession_fen: Mapped[Fen]
    points_fen: Mapped[Fen]
    cash_fen: Mapped[Fen]
    city_fen: Mapped[Fen]
    district_fen: Mapped[Fen]
    street_fen: Mapped[Fen]
    community_fen: Mapped[Fen]
    charity_fen: Mapped[Fen]


class MealGuest(Model):
    """What one senior had in one canteen in one month."""

    __tablename__ = "meal_guest"

    month: Mapped[date] = mapped_column(primary_key=True)
    canteen_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    home: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    meals: Mapped[int]
    price_fen: Mapped[Fen]
    public_fen: Mapped[Fen]
    points_fen: Mapped[Fen]
    cash_fen: Mapped[Fen]


class MealBand(Model):
    """What one band of a policy brought in one canteen in one month."""

    __tablename__ = "meal_band"

    month: Mapped[date] = mapped_column(primary_key=True)
    canteen_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    band: Mapped[str] = mapped_column(primary_key=True)
    meals: Mapped[int]
    public_fen: Mapped[Fen]


class MealFold(Model):
    """Until when the three are kept; what came later is added by whoever reads."""

    __tablename__ = "meal_fold"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    until: Mapped[datetime]
