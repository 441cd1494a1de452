"""What is known of a schema: what refers to what, whose a row is, and how a pack is proposed."""
