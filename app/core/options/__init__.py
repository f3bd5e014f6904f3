"""The option tables: sampling, loading, settings, presets, adapters."""
