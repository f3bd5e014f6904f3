"""The benchmark: our engine and window beside bare yardsticks, in one run, as ratios."""
