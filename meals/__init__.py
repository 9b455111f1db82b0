"""Meals: canteens, menus, price rules, quote, checkout and tills."""
