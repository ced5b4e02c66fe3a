"""The document reader's program."""

import runpy

runpy.run_module("desktop_app.sandbox.reader", run_name="__main__")
