"""What the sections of rule files say: recognizers, requests, tables of TOML."""
