"""The checks of shops: what should not be among the baskets that were sold."""
