"""The exhibits of lesson 9: broken transfers to fix, sorted by where they went wrong."""
