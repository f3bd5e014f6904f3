"""PyInstaller's hook for chunspell: Hunspell's library and the dictionary of English."""

from PyInstaller.utils.hooks import collect_data_files, collect_dynamic_libs, copy_metadata

binaries = collect_dynamic_libs("hunspell")
datas = collect_data_files("hunspell", includes=["dictionaries/*"]) + copy_metadata("chunspell")
