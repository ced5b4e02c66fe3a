"""A trainer at the keyboard of Studio: run as a process that can be killed. Prints one JSON line per phase.

`trainer_in_studio.py PROFILE CONTENT write` makes a lesson, mends a fault, tries it with the real model, saves and exports it,
goes on typing and stays open. `trainer_in_studio.py PROFILE CONTENT look` opens the window again and says what is there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.records.learning import Profile
from desktop_app.sandbox.lockdown import deny_internet
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from tests.journeys.employee import button, click, say, wait

TYPED = "Typed after saving, and the lights went out: marker-lantern."
CONTROL = Qt.KeyboardModifier.ControlModifier


def main() -> None:
    """Play the phase named on the command line."""
    profile, content, phase = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    deny_internet()
    services = Services(Locations.find(profile, [content]))
    app, theme = make_application(services)
    jobs = JobRunner()
    window = MainWindow(services, theme, jobs)
    window.show()
    window.start()
    if phase == "write":
        window._end_first_run(Profile("Jonas", "support", "en"))
        said = write(window, content)
        say(said)
        app.exec()  # until it is killed
    else:
        say(look(window))
        window.close()
        jobs.stop()
        services.close()


def write(window: MainWindow, content: Path) -> dict[str, object]:
    """A new lesson from the template, a fault made, found and mended, a trial with real tokens, saved, exported."""
    wait(lambda: window.services.learner.vault.is_open)
    wait(lambda: window.sandbox.state.phase == "ready", 90)
    window.go("studio")
    window.activateWindow()
    wait(window.isActiveWindow)  # shortcuts belong to the active window
    studio = window.studio
    bench, editor = studio.bench, studio.bench.editor
    click(button(bench, "New lesson"))
    QTest.keyClicks(bench.form.title, "A calm answer")
    QTest.keyClick(bench.form.title, Qt.Key.Key_Return)
    file = content / "lessons" / "a-calm-answer" / "lesson.md"
    wait(lambda: studio.file.state.path == file)
    wait(lambda: bench.problems._words.text() == "No problems")

    editor.find("(X)")
    QTest.keyClicks(editor, "( )")
    wait(lambda: bool(studio.file.problems))
    fault = [studio.file.problems[0].code, bench.problems._words.text()]
    editor.go_to(1)
    QTest.keyClick(editor, Qt.Key.Key_F8)
    QTest.keyClick(editor, Qt.Key.Key_Home)
    for _ in range(40):  # down to the option that was right
        if "Compare each date" in editor.textCursor().block().text():
            break
        QTest.keyClick(editor, Qt.Key.Key_Down)
    QTest.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    wait(lambda: bench.problems._words.text() == "No problems")

    editor.find("So the quality of the language")
    QTest.keyClicks(editor, "A calm voice is no proof. So the quality")
    wait(lambda: "A calm voice is no proof." in bench.preview.toPlainText())

    editor.find("## Try it")
    editor.go_to(editor.line)
    click(bench.try_button)
    trial = studio.trial
    assert trial is not None
    wait(lambda: bool(trial.reader.runs))
    run = trial.reader.runs[0]
    run.run()
    wait(lambda: run.state.phase == "done", 120)
    answer = run.state.answer
    click(button(trial, "Back to writing"))

    QTest.keyClick(editor, Qt.Key.Key_S, CONTROL)
    wait(lambda: not studio.file.state.changed)
    page = content.parent / "export.html"
    studio.choose_target = lambda name: str(page)
    studio.export("html", ".html")
    wait(lambda: "Written to" in bench.doing.text, 60)

    QTest.keyClick(editor, Qt.Key.Key_End, CONTROL)
    QTest.keyClicks(editor, TYPED)
    path, recovery = studio.file.state.path, studio.file.recovery
    assert path is not None
    wait(lambda: (kept := recovery.find(path)) is not None and TYPED in kept.text)
    return {
        "fault": fault, "answer": answer, "file": str(file), "exported": str(page),
        "runs_stored": len(window.services.learner.runs()),
    }  # fmt: skip


def look(window: MainWindow) -> dict[str, object]:
    """What is in the editor after the kill."""
    wait(lambda: window.services.learner.vault.is_open)
    window.go("studio")
    wait(lambda: window.studio.folder.state.root is not None and not window.studio.folder.state.busy)
    entry = next(one for one in window.studio.folder.state.entries if one.lesson == "a-calm-answer")
    window.studio.open_file(entry.path)
    QApplication.processEvents()
    restored = TYPED in window.studio.bench.editor.text
    said = window.studio.bench.notice.text
    window.studio.save()
    return {"restored": restored, "said": said, "on_disk": TYPED in entry.path.read_text("utf-8")}


if __name__ == "__main__":
    main()
