"""What the Windows templates say in German: title and help of each policy key."""

from __future__ import annotations

GREENROOM = "Greenroom"
RECOMMENDED = "Greenroom – Vorgaben, die nicht gesperrt sind"
SUPPORTED = "Greenroom 0.2 oder neuer"
DEFAULT = "(Vorgabe)"
IF_OFF = "Nicht konfiguriert: die Person entscheidet, oder es gilt die Voreinstellung."

KEYS: dict[str, tuple[str, str]] = {
    "retention_days": (
        "Gespräche höchstens so viele Tage behalten",
        "Gespräche und die Texte von Läufen, die älter sind, werden beim Start von Greenroom gelöscht; Entwürfe und Nachweise bleiben.",
    ),
    "model_folder": (
        "Ordner mit weiteren Modellen",
        "Ein Ordner oder eine Freigabe mit Modellen und ihrer models.json, die allen an diesem Rechner angeboten werden.",
    ),
    "price_sheet": (
        "Eigenes Preisblatt der Organisation",
        "Eine Datei mit Preisen, nach denen berechnet wird, was eine Antwort bei einem öffentlichen Dienst gekostet hätte.",
    ),
    "forbidden_phrases": (
        "Wendungen, die eine Antwort nicht enthalten soll",
        "Bevor eine Antwort kopiert wird, wird sie danach durchsucht, gleich in welcher Schreibung, mit Leerzeichen oder ähnlichen Zeichen.",
    ),
    "canaries": (
        "In Dokumenten versteckte Texte",
        "Eine Antwort, die einen davon wiederholt, auch buchstabiert oder rückwärts, hat ihn verraten und wird markiert.",
    ),
    "sources_required": (
        "Antworten aus Dokumenten müssen ihre Quelle nennen",
        "Eine Antwort aus Dokumenten ohne Quelle wird vor dem Kopieren als solche gekennzeichnet.",
    ),
    "check_before_copy": (
        "Vor dem Weitergeben bestätigen, dass die Antwort geprüft ist",
        "Bevor eine Antwort kopiert oder gespeichert wird, bestätigt die Person, dass sie geprüft hat; das wird vermerkt, die Antwort nicht.",
    ),
}
