"""What a script for a DBA consists of: patches, how they are written down, rows that go."""
