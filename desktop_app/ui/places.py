"""The pages of the window, and what F1 says about each."""

from __future__ import annotations

PAGES = {  # name → title, icon; in the order of Ctrl+1 to Ctrl+9
    "home": ("Home", "house"),
    "learn": ("Learn", "graduation-cap"),
    "review": ("Review", "repeat"),
    "library": ("Library", "library"),
    "practice": ("Practice", "flask-conical"),
    "progress": ("Progress", "chart-line"),
    "studio": ("Studio", "pencil"),
    "curate": ("Curate", "list-checks"),
    "settings": ("Settings", "settings"),
}
ON_DEMAND = frozenset({"studio", "curate"})  # loaded when somebody goes there: few people write lessons or prompts
HELP = {
    "home": "Home shows what to do next. Ctrl+K finds every lesson, prompt and action; Ctrl+1 to Ctrl+9 go to the pages, Ctrl+Shift+Space opens the quick window.",
    "learn": "Choose a lesson. Inside it, Ctrl+Page Down and Ctrl+Page Up go through the steps, Esc returns to the path.",
    "review": "Questions about to be forgotten come back here. Enter goes on, the keys 1 to 4 say how well you knew it, Esc ends the session.",
    "library": "Type to search (Ctrl+F), arrow keys choose, Enter takes the prompt to Practice, Ctrl+Shift+C copies it filled, Ctrl+D makes it a favourite.",
    "practice": "Write or fill a prompt, then Ctrl+Enter runs it on this computer and Esc stops. Ctrl+R answers again, Ctrl+N begins anew, Ctrl+H finds what you asked before, Ctrl+Shift+C copies the answer, Ctrl+O adds documents to answer from.",
    "progress": "How far you are, what is due, your certificates and your runs. Esc leaves a certificate, Ctrl+S saves it as a PDF.",
    "studio": "Write lessons: files left, text in the middle, preview right. Ctrl+S saves, F5 tries the lesson, F8 goes to the next problem, F6 to the next part.",
    "curate": "Look after the prompt library: review what was submitted, write drafts, test prompts on the model, see how they do. Ctrl+Tab goes through the tabs.",
    "settings": "Your profile, the look, the sandbox's self-test, and what is stored where.",
}
