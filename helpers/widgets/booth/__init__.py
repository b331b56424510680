"""What the photo booth is made of: its page, its classes and folder, its training, its quick answers."""
