"""What may be typed, and what does it mean? Forms check and translate; they hold no clinical rule and write nothing."""
