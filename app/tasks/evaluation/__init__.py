"""How well a model does a task: figures from labelled rows, with intervals, and a page of them."""
