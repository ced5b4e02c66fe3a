"""The model worker's program."""

import runpy

runpy.run_module("desktop_app.sandbox.worker", run_name="__main__")
