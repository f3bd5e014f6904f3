"""Documents of word processors: Word (.docx) and OpenDocument (.odt), written and read."""
