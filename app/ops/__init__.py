"""Running the product: keys, drills of restoring, and destroying what may no longer be kept."""
