"""Learning a style in the window: choosing pages, following the training, and what came of it."""
