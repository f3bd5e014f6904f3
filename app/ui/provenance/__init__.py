"""Where the parts of the text on the page came from: followed, shown, and reported."""
