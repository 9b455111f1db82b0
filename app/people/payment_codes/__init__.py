"""Payment codes: what a phone shows instead of a card, signed, good for moments and for one sale."""
