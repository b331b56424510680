"""The exhibits of lesson 11: broken transfers to fix, sorted by where they went wrong."""
