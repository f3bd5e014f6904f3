"""The workbench: builds one running program's parts and joins them; no globals."""
