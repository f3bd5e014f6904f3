"""From Ctrl+Enter to the text on the page: session, takes, instruction line, reading ahead."""
