"""The kitchen's side of a lunch: portions as they go, and dishes that are sold out."""
