"""The demonstration's second purse: a supermarket, a barber, people with goods points, baskets, one article back."""

from flask import Flask
from sqlalchemy import text

from app.db import db

SHOPS = (
    "SELECT code, state, (SELECT count(*) FROM shop_article AS a WHERE a.shop_id = s.id) FROM shop AS s ORDER BY code"
)


def test_two_shops_take_points_of_their_own_purses(demo: Flask) -> None:
    rows = [tuple(row) for row in db.session.execute(text(SHOPS))]
    assert rows == [("LX-01", "approved", 3), ("SM-01", "approved", 15)]
    sold = db.session.execute(text("SELECT count(*), sum(points_fen), sum(returned_points_fen) FROM shop_sale")).one()
    assert sold[0] > 0
    assert sold[2] > 0
