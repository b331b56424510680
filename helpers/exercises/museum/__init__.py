"""The exhibits of lesson 9: broken transfers to mend, sorted by where they went wrong."""
