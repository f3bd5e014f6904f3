"""PyInstaller's hook for llama-cpp-python: the libraries that it loads by ctypes."""

from bundle.contents import is_llama_library
from PyInstaller.utils.hooks import collect_dynamic_libs, copy_metadata

binaries = [pair for pair in collect_dynamic_libs("llama_cpp") if is_llama_library(pair[0])]
datas = copy_metadata("llama-cpp-python")
excludedimports = ["llama_cpp.server", "llama_cpp.mtmd_cpp"]
