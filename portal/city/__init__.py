"""The picture of a city, a district, a street: what all features count, against last month and against targets."""
