"""What looks across features: the pages of families and of seniors themselves."""
