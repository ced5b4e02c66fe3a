/* What an answer is worth: the same as desktop_app/lessons/scoring.py, claims.py and redaction.py, which the tests compare. */
"use strict";
window.GreenroomScoring = (() => {
  const table_of_folds = JSON.parse(document.getElementById("greenroom-data").textContent).fold;

  const folds = (() => {
    const table = new Map(Object.entries(table_of_folds.many));
    const runs = table_of_folds.runs;
    for (let at = 0; at < runs.length; at += 4) {
      const [first, count, step, difference] = runs.slice(at, at + 4);
      for (let number = 0; number < count; number++) {
        const code = first + number * step;
        table.set(String.fromCodePoint(code), String.fromCodePoint(code + difference));
      }
    }
    return table;
  })();
  const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
  const PLAIN = [[/[‘’‚‛]/g, "'"], [/[“”„«»]/g, '"'], [/[‐‑‒–—−]/g, "-"]];

  function fold(text) {
    const folded = Array.from(text.normalize("NFKC"), (char) => folds.get(char) ?? char).join("");
    return folded.normalize("NFKC").split(SPACES).filter(Boolean).join(" ");
  }

  function foldAnswer(text) {
    const folded = PLAIN.reduce((so_far, [pattern, plain]) => so_far.replace(pattern, plain), fold(text));
    return folded.replace(/[.!"' ]+$/, "").replace(/^["' ]+/, "") || folded;
  }

  const accepts = (typed, folded) => {
    const given = foldAnswer(typed);
    return given !== "" && folded.includes(given) ? 1 : 0;
  };

  /* (right picked - wrong picked) / right ones, at least 0; where nothing is right, 1 for picking nothing. */
  function setValue(picked, right) {
    const all_right = right.filter(Boolean).length;
    if (!all_right) return picked.length ? 0 : 1;
    const good = picked.filter((index) => right[index]).length;
    return Math.max(0, (good - (picked.length - good)) / all_right);
  }

  const sameSet = (picked, right) => right.every((is_right, index) => is_right === picked.includes(index));

  function ofParts(parts) {
    const value = parts.length ? parts.reduce((sum, part) => sum + part, 0) / parts.length : 0;
    return { value, right: parts.length > 0 && parts.every((part) => part === 1), parts };
  }

  function scoreOrder(order) {
    const last = order.length - 1;
    const followed = order.filter((item, at) => at < last && item + 1 === order[at + 1]).length;
    const value = last > 0 ? followed / last : 1;
    return { value, right: value === 1, parts: order.map((item, place) => (item === place ? 1 : 0)) };
  }

  function rowValue(row, picked) {
    return row.one ? (sameSet(picked, row.right) ? 1 : 0) : setValue(picked, row.right);
  }

  /* Hidden pieces next to each other are one passage, as if one mark lay over them. */
  function scoreRedaction(question, hidden) {
    const run = new Map();
    [...hidden].sort((a, b) => a - b).forEach((piece) => run.set(piece, run.get(piece - 1) ?? piece));
    const [cost, words_a_piece, for_partly] = question.costs;
    const parts = question.spans.map((pieces) => {
      const letters = pieces.reduce((sum, [, count]) => sum + count, 0);
      const open = pieces.reduce((sum, [piece, count]) => sum + (run.has(piece) ? 0 : count), 0);
      return open ? for_partly * (1 - open / letters) : 1;
    });
    let needless = 0, in_passage = 0, before = null;
    for (const word of question.words) {
      const piece = word < 0 ? -1 - word : word;
      if (run.has(piece)) {
        in_passage = word < 0 && before === run.get(piece) ? in_passage + 1 : 1;
        if (in_passage % words_a_piece === 1) needless += 1;
      }
      before = run.get(piece) ?? null;
    }
    const things = parts.length;
    const earned = things ? parts.reduce((sum, part) => sum + part, 0) / things : 1;
    const value = Math.max(0, earned - (cost * needless) / Math.max(1, things));
    return { value, right: value === 1, parts, needless };
  }

  function score(question, answer) {
    const { chosen = [], typed = [] } = answer;
    switch (question.kind) {
      case "single":
      case "multiple": {
        const right = sameSet(chosen, question.right);
        return { value: question.kind === "single" ? Number(right) : setValue(chosen, question.right), right, parts: [] };
      }
      case "decision": {
        const right = Boolean(question.right[chosen[0]]);
        return { value: Number(right), right, parts: [] };
      }
      case "text": {
        const value = accepts(typed[0], question.folded);
        return { value, right: value === 1, parts: [value] };
      }
      case "gaps":
        return ofParts(question.gaps.map((gap, at) =>
          gap.right ? Number(chosen[at] >= 0 && gap.right[chosen[at]]) : accepts(typed[at], gap.folded)));
      case "matrix":
        return ofParts(question.rows.map((row, at) => rowValue(row, chosen
          .filter((cell) => Math.floor(cell / question.width) === at).map((cell) => cell % question.width))));
      case "claims":
        return ofParts(question.right.map((supported, at) => Number(Boolean(chosen[at]) === supported)));
      case "redact":
        return scoreRedaction(question, chosen);
      default:
        return scoreOrder(chosen);
    }
  }

  const isBlank = (text) => text.split(SPACES).every((part) => !part);

  return { score, fold, foldAnswer, isBlank };
})();
