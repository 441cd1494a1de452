"""Ways to tell what a column holds, cheapest first, and the classifier that weighs them."""
