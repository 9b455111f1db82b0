"""Policy documents: every number that law or a bureau can change, bound to an area and a period."""
