"""Books: folders of texts in an order, their words and goals, and what is searched in them."""
