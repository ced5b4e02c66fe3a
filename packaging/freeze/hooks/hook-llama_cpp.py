"""What PyInstaller cannot see of llama_cpp: its libraries are opened by name, and the one for the processor at run time.

They are data here, not binaries, so that each lies once, where llama.cpp looks for it: a libggml that exists twice makes two
registries of backends, and no model loads. packaging/freeze/freezing.py checks that.
"""

from PyInstaller.utils.hooks import get_package_paths

_, _package = get_package_paths("llama_cpp")
datas = [(f"{_package}/lib/*.{ending}", "llama_cpp/lib") for ending in ("so", "dylib", "dll")]
datas = [(pattern, place) for pattern, place in datas if __import__("glob").glob(pattern)]
hiddenimports = ["llama_cpp._ggml"]
