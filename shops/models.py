"""Tables of shops: the register, articles with prices by day, baskets that were sold, and what came back."""
