"""What a purse may pay: of which categories, how much of the price, how often. Pure."""
