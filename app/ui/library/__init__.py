"""The side bar of books, headings, recent files and what is found."""
