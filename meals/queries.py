"""Everything that can be read of meals: canteens, menus, tills, sales and failed scans."""

from meals.reading.canteens import (
    CanteenLine,
    CanteenPage,
    get_canteen,
    get_canteen_page,
    list_canteen_names,
    list_canteens,
    list_kitchens,
)
from meals.reading.checkouts import (
    Sale,
    SaleFilter,
    SaleLine,
    SaleState,
    SaleSums,
    get_checkout,
    list_checkouts,
    sum_checkouts,
)
from meals.reading.days import MOST_DAYS
from meals.reading.menus import DishLine, Menu, MenuItem, get_menu, list_dishes
from meals.reading.paging import Page
from meals.reading.scans import (
    ScanFilter,
    ScanLine,
    count_scans_by_day,
    count_scans_by_reason,
    list_failed_scans,
)
from meals.reading.sums import (
    CanteenSum,
    Sums,
    TierSum,
    Totals,
    count_by_canteen,
    rank_canteens,
    sum_by_day_and_canteen,
    sum_by_day_and_payer,
    sum_by_tier,
)
from meals.reading.tills import Guest, TillToday, get_till_today, list_guests

__all__ = [
    "MOST_DAYS",
    "CanteenLine",
    "CanteenPage",
    "CanteenSum",
    "DishLine",
    "Guest",
    "Menu",
    "MenuItem",
    "Page",
    "Sale",
    "SaleFilter",
    "SaleLine",
    "SaleState",
    "SaleSums",
    "ScanFilter",
    "ScanLine",
    "Sums",
    "TierSum",
    "TillToday",
    "Totals",
    "count_by_canteen",
    "count_scans_by_day",
    "count_scans_by_reason",
    "get_canteen",
    "get_canteen_page",
    "get_checkout",
    "get_menu",
    "get_till_today",
    "list_canteen_names",
    "list_canteens",
    "list_checkouts",
    "list_dishes",
    "list_failed_scans",
    "list_guests",
    "list_kitchens",
    "rank_canteens",
    "sum_by_day_and_canteen",
    "sum_by_day_and_payer",
    "sum_by_tier",
    "sum_checkouts",
]
