"""The examination of a loaded model: short trials, of which its passport is made."""
