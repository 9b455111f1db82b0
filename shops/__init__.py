"""A second purse on the same ledger: shops that take points for goods, what a purse may pay, their till and returns."""
