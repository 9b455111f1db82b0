"""The table of dishes that are sold out on a day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class DishSoldOut(Model):
    """A dish of which nothing is left on a day; tills stop offering it, and what was sold stays sold."""

    __tablename__ = "dish_sold_out"

    dish_id: Mapped[int] = mapped_column(ForeignKey("dish.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
