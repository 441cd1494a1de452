"""What the journal says: of each erasure, of holds and terms, of what a restore has undone."""
