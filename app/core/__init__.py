"""What the program knows: parameters, settings, documents, models. No Qt, no model library."""
