"""What a scan is made of: units of work, what was found in each, what an earlier scan still says."""
