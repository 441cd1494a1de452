"""What cells will hold instead, and how a script says so."""
