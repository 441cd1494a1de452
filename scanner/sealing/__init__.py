"""How the journal is sealed: chained, keyed, anchored; marks and probes that tell nothing."""
