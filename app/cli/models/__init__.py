"""The words below `lampblack models`: finding, getting and looking after models."""
