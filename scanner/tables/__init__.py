"""What tables hold and refer to: keys, relations, numbers of rows, many asked at once."""
