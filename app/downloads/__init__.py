"""Downloads, in children of their own that see no document and reach the hub that is named."""
