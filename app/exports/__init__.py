"""Tables that leave the house: asked for with a purpose, masked unless a second person allows names, logged."""
