"""The sensitive-data guard: finds personal data and secrets in a text, says why, hides them reversibly.
scan.scan finds, redact.redact hides, redact.restore brings back, summary.summary says it in one sentence."""
