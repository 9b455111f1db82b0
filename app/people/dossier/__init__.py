"""One person on one page: what happened to them across the product, notes about them, and the page on paper."""
