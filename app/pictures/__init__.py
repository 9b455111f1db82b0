"""Photos: taken in by what they are, stripped of what they tell, kept as files, shown only to who may see them."""
