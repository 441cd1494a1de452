"""What must hold, and what must not happen meanwhile: all that refuses an erasure."""
