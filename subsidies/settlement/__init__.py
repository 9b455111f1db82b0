"""Settlement with merchants: statements of sealed transactions, from draft to payment."""
