"""The benchmark: our engine and window beside bare baselines, in one run, as ratios."""
