"""Who people are and where they are named: their rows, and passes over all text."""
