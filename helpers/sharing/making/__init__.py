"""From a folder of photos to a bundle, in one go."""
