"""A page on one's own computer that takes a photo and says what a bundle's model sees in it."""
