/* What a learning management system is told of an answer, in the words that SCORM 2004 and xAPI share. */
"use strict";
window.GreenroomReporting = (() => {
  const TYPES = {
    single: "choice", multiple: "choice", text: "fill-in", gaps: "fill-in", matrix: "matching", ordering: "sequencing",
    claims: "matching", redact: "other", decision: "choice",
  };
  const option = (at) => `option-${at + 1}`;
  const cell = (question) => (at) => `row-${Math.floor(at / question.width) + 1}[.]column-${(at % question.width) + 1}`;
  const verdict = (supported, at) => `claim-${at + 1}[.]${supported ? "supported" : "unsupported"}`;
  const plain = (text) => text.replaceAll("[,]", ", ").slice(0, 250); // [,] separates answers
  const rightOnes = (flags) => flags.flatMap((right, at) => (right ? [at] : []));

  /* At most ten of all the ways to fill the gaps rightly. */
  function fillings(gaps) {
    return gaps.reduce((ways, gap) => {
      const answers = gap.right ? rightOnes(gap.right).map((at) => gap.texts[at]) : gap.answers;
      return ways.flatMap((way) => answers.map((answer) => [...way, plain(answer)])).slice(0, 10);
    }, [[]]).map((way) => way.join("[,]"));
  }

  function response(question, { chosen = [], typed = [] }) {
    switch (question.kind) {
      case "text":
        return plain(typed[0]);
      case "gaps":
        return question.gaps.map((gap, at) => plain(gap.right ? gap.texts[chosen[at]] ?? "" : typed[at])).join("[,]");
      case "matrix":
        return chosen.map(cell(question)).join("[,]");
      case "claims":
        return chosen.map(verdict).join("[,]");
      case "redact":
        return chosen.join(",").slice(0, 4000);
      default:
        return chosen.map(option).join("[,]");
    }
  }

  function patterns(question) {
    switch (question.kind) {
      case "text":
        return question.answers.slice(0, 10).map(plain);
      case "gaps":
        return fillings(question.gaps);
      case "matrix": {
        const cells = question.rows.flatMap((row, at) => rightOnes(row.right).map((column) => at * question.width + column));
        return cells.length ? [cells.map(cell(question)).join("[,]")] : [];
      }
      case "claims":
        return [question.right.map(verdict).join("[,]")];
      case "redact":
        return [];
      case "decision":
        return rightOnes(question.right).map(option);
      case "ordering":
        return [question.right.map((_, at) => option(at)).join("[,]")];
      default:
        return [rightOnes(question.right).map(option).join("[,]")];
    }
  }

  const seconds = (value) => `PT${Math.max(0, Math.round(value * 100) / 100)}S`;

  return { type: (question) => TYPES[question.kind], response, patterns, option, seconds };
})();
