"""What a text looks like when it is written for others: profiles, and what is chosen by text."""
