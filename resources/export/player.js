/* The player of exported lessons: one step at a time, answers scored exactly as in Greenroom.

A host (local.js, scorm.js or cmi5.js) calls Greenroom.start with an object of these functions, all optional:
  load() → what save was given last, or "" (may be a promise)     save(text)     limit: how long text may be
  answered(lesson, question, answer, result, seconds)   moved(lesson, step)   finished(lesson, outcome)   exit()
save is called after each of these, once. keeps_texts is false where what somebody typed must not be stored. */
"use strict";
window.Greenroom = (() => {
  const data = JSON.parse(document.getElementById("greenroom-data").textContent);
  const words = data.words;
  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const percent = (value) => Math.floor(value * 100 + 1e-7);
  const { score, isBlank, fold, foldAnswer } = window.GreenroomScoring;
  const { number, hide, connectOrder, connectRedaction } = window.GreenroomInputs;
  const states = new Map(); // lesson id → {lesson, step, done, finished, answers}
  let host = {};

  function lessonScore(state) {
    const questions = state.lesson.questions;
    if (!questions.length) return 1;
    return questions.reduce((sum, question) => sum + (state.answers[question.id]?.best ?? 0), 0) / questions.length;
  }

  const isPassed = (state) => lessonScore(state) >= state.lesson.pass - 1e-9;

  // -- what is stored ---------------------------------------------------------------------------------------------------

  /* A number as the shortest fraction that gives exactly it again, since LMSs store few characters. */
  function short(value) {
    for (let under = 1; under <= 60; under++) {
      const over = Math.round(value * under);
      if (over / under === value) return under === 1 ? over : `${over}/${under}`;
    }
    return value;
  }

  function long(value) {
    const [over, under] = String(value).split("/").map(Number);
    return under ? over / under : over;
  }

  function pack(state, limit, keeps_texts) {
    const level = (detail) => JSON.stringify([1, state.lesson.print, state.step, state.done.map(Number).join(""), Number(state.finished),
      state.lesson.questions.map(({ id }) => {
        const known = state.answers[id];
        if (!known) return 0;
        const row = [known.tries, short(known.best), known.hints, Number(known.solved), Number(known.open)];
        if (detail > 0 && known.answer) row.push(known.answer.chosen ?? []);
        if (detail > 1 && known.answer?.typed?.length) row.push(known.answer.typed);
        return row;
      })]);
    for (const detail of keeps_texts ? [2, 1, 0] : [1, 0]) {
      const text = level(detail);
      if (text.length <= limit) return text;
    }
    return "";
  }

  function unpack(state, text) {
    let stored;
    try {
      stored = JSON.parse(text);
    } catch {
      return;
    }
    if (!Array.isArray(stored) || stored[0] !== 1 || stored[1] !== state.lesson.print) return; // of another version
    const [, , step, done, finished, rows] = stored;
    state.step = Math.min(Math.max(0, step), state.lesson.steps.length - 1);
    state.done = state.done.map((_, at) => done[at] === "1");
    state.finished = Boolean(finished);
    state.lesson.questions.forEach((question, at) => {
      if (!rows[at]) return;
      const [tries, best, hints, solved, open, chosen, typed] = rows[at];
      const needs_text = question.kind === "text" || (question.gaps ?? []).some((gap) => gap.folded);
      const answer = chosen && (typed || !needs_text) ? { chosen, typed: typed ?? Array(question.count).fill("") } : null;
      state.answers[question.id] = { tries, best: long(best), hints, solved: Boolean(solved), open: Boolean(open), answer };
    });
  }

  // -- reading and filling the forms ------------------------------------------------------------------------------------

  const checked = (form) => all("input:checked", form).map((input) => Number(input.value));
  const readers = {
    single: (form) => ({ chosen: checked(form) }),
    multiple: (form) => ({ chosen: checked(form) }),
    decision: (form) => ({ chosen: checked(form) }),
    matrix: (form) => ({ chosen: checked(form) }),
    text: (form) => ({ typed: [one("input", form).value] }),
    gaps: (form) => {
      const fields = all("input, select", form);
      return {
        chosen: fields.map((field) => (field.matches("select") ? Number(field.value) : -1)),
        typed: fields.map((field) => (field.matches("select") ? "" : field.value)),
      };
    },
    ordering: (form) => ({ chosen: all("[data-item]", form).map((item) => Number(item.dataset.item)) }),
    claims: (form) => ({ chosen: all(".claim", form).map((row) => Number(one("input:checked", row)?.value ?? -1)) }),
    redact: (form) => ({ chosen: all("[data-t][aria-checked=true]", form).map((piece) => Number(piece.dataset.t)) }),
  };

  /* Why an answer cannot be checked yet: the name of a sentence, or "". */
  function lacking(question, { chosen = [], typed = [] }) {
    switch (question.kind) {
      case "single":
      case "multiple":
      case "decision":
      case "matrix":
        return chosen.length ? "" : "pick_first";
      case "text":
        return isBlank(typed[0]) ? "type_first" : "";
      case "gaps":
        return typed.every(isBlank) && chosen.every((at) => at < 0) ? "type_first" : "";
      case "claims":
        return chosen.includes(-1) ? "judge_first" : "";
      case "redact":
        return chosen.length || !question.spans.length ? "" : "hide_first";
      default:
        return "";
    }
  }

  function fill(form, question, answer) {
    const { chosen = [], typed = [] } = answer ?? {};
    const fillers = {
      text: () => { one("input", form).value = typed[0] ?? ""; },
      gaps: () => all("input, select", form).forEach((field, at) => {
        field.value = field.matches("select") ? String(chosen[at] ?? -1) : typed[at] ?? "";
      }),
      ordering: () => {
        const list = one(".order", form);
        (answer ? chosen : question.start).forEach((item) => list.append(one(`[data-item="${item}"]`, list)));
        number(list);
      },
      claims: () => all(".claim", form).forEach((row, at) => all("input", row).forEach((input) => {
        input.checked = Number(input.value) === chosen[at];
      })),
      redact: () => all("[data-t]", form).forEach((piece) => hide(piece, chosen.includes(Number(piece.dataset.t)))),
    };
    const boxes = () => all("input", form).forEach((input) => { input.checked = chosen.includes(Number(input.value)); });
    (fillers[question.kind] ?? boxes)();
  }

  // -- one question -----------------------------------------------------------------------------------------------------

  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use"));
    use.setAttribute("href", `#i-${name}`);
    return svg;
  };

  function mark(part, verdict) {
    part.dataset.verdict = verdict;
    const place = one(".mark", part);
    if (!place) return;
    place.replaceChildren();
    if (verdict === "right") place.append(icon("circle-check"), say("right"));
    if (verdict === "wrong") place.append(icon("circle-x"), say("wrong"));
  }

  /* Which parts of the form were right; "" for one that says nothing, such as an option that was not picked. */
  function verdicts(question, answer, result) {
    const name = (part) => (part === 1 ? "right" : "wrong");
    switch (question.kind) {
      case "single":
      case "multiple":
      case "decision":
        return question.right.map((right, at) => (answer.chosen.includes(at) ? (right ? "right" : "wrong") : ""));
      case "ordering":
        return answer.chosen.map((_, place) => name(result.parts[place]));
      case "redact":
        return [];
      default:
        return result.parts.map(name);
    }
  }

  function showResult(form, question, answer, result) {
    all("[data-part]", form).forEach((part, at) => mark(part, verdicts(question, answer, result)[at] ?? ""));
    all("[data-feedback]", form).forEach((said) => {
      const at = Number(said.dataset.feedback);
      const picked = ["single", "multiple", "decision"].includes(question.kind) ? answer.chosen.includes(at) : true;
      said.hidden = !picked || (question.kind === "redact" && result.parts[at] === 1);
      const is_right = question.kind === "ordering" ? answer.chosen[at] === at : (result.parts[at] ?? Number(question.right?.[at])) === 1;
      said.dataset.verdict = is_right ? "right" : "wrong";
    });
    if (question.kind === "redact") {
      one(".leaks", form).hidden = result.parts.every((part) => part === 1);
      one(".needless", form).hidden = !result.needless;
      one(".needless", form).textContent = say("needless", { n: result.needless });
    }
  }

  function clearResult(form) {
    all("[data-part]", form).forEach((part) => mark(part, ""));
    all("[data-feedback], .leaks, .needless", form).forEach((said) => { said.hidden = true; });
  }

  function verdictText(result) {
    if (result.right) return [icon("circle-check"), say("is_right")];
    if (result.value > 0) return [icon("circle-dot"), say("is_partly", { percent: percent(result.value) })];
    return [icon("circle-x"), say("is_wrong")];
  }

  function render(state, question, form) {
    const known = state.answers[question.id];
    const left = state.lesson.attempts ? Math.max(0, state.lesson.attempts - (known?.tries ?? 0)) : Infinity;
    const answered = Boolean(known && !known.open);
    const locked = answered || left === 0;
    all("input, select, .order button", form).forEach((field) => { field.disabled = locked; });
    form.classList.toggle("locked", locked);
    const verdict = one(".verdict", form);
    clearResult(form);
    verdict.replaceChildren();
    delete verdict.dataset.verdict;
    delete form.dataset.value;
    let is_right = false;
    if (answered && known.answer) {
      const result = score(question, known.answer);
      is_right = result.right;
      form.dataset.value = String(result.value);
      showResult(form, question, known.answer, result);
      verdict.append(...verdictText(result));
      verdict.dataset.verdict = result.right ? "right" : result.value > 0 ? "partly" : "wrong";
    } else if (answered || (locked && known)) {
      is_right = known.best === 1;
      verdict.append(say("answered", { percent: percent(known.best) }));
    }
    const show = (name, shown) => { const button = one(`[data-do=${name}]`, form); if (button) button.hidden = !shown; };
    show("check", !locked);
    show("again", answered && !is_right && left > 0);
    show("hint", !locked && (known?.hints ?? 0) < question.hints);
    show("solution", Boolean(known?.tries) && !known.solved);
    all(".hints li", form).forEach((hint, at) => { hint.hidden = at >= (known?.hints ?? 0); });
    const solution = one(".solution", form);
    if (solution) solution.hidden = !known?.solved;
    one(".left", form).textContent = left === Infinity || is_right ? "" : left === 0 ? say("no_tries") : say(left === 1 ? "try_left" : "tries_left", { n: left });
  }

  const blank = () => ({ tries: 0, best: 0, hints: 0, solved: false, open: true, answer: null });

  function check(state, question, form) {
    const known = (state.answers[question.id] ??= blank());
    if (!known.open || (state.lesson.attempts && known.tries >= state.lesson.attempts)) return;
    const answer = readers[question.kind](form);
    const missing = lacking(question, answer);
    if (missing) {
      one(".verdict", form).replaceChildren(icon("info"), say(missing));
      return;
    }
    const result = score(question, answer);
    Object.assign(known, { answer, tries: known.tries + 1, best: Math.max(known.best, result.value), open: false });
    render(state, question, form);
    one(".verdict", form).focus(); // the button that was pressed is gone
    host.answered?.(state.lesson, question, answer, result, (Date.now() - form.shown_at) / 1000);
    form.shown_at = Date.now();
    if (state.finished) host.finished?.(state.lesson, outcome(state)); // a better answer after the end counts too
    save(state);
  }

  function connectQuestion(state, question) {
    const form = one(`[data-lesson="${state.lesson.id}"] [data-question="${question.id}"]`);
    form.shown_at = Date.now();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      check(state, question, form);
    });
    form.addEventListener("click", (event) => {
      const wanted = event.target.closest("[data-do]")?.dataset.do;
      const known = wanted && (state.answers[question.id] ?? blank());
      if (wanted === "again") Object.assign(known, { open: true, answer: null, solved: false });
      else if (wanted === "hint") known.hints = Math.min(known.hints + 1, question.hints);
      else if (wanted === "solution") known.solved = true;
      else return;
      state.answers[question.id] = known;
      if (wanted === "again") fill(form, question, null);
      render(state, question, form);
      if (event.target.closest("[data-do]").hidden) all("input, select, button", form).find((field) => !field.disabled && !field.hidden)?.focus();
      save(state);
    });
    if (question.kind === "ordering") {
      connectOrder(one(".order", form), (place) => { one(".verdict", form).textContent = say("moved", place); });
    }
    if (question.kind === "redact") connectRedaction(form);
    fill(form, question, state.answers[question.id]?.open === false ? state.answers[question.id].answer : null);
    render(state, question, form);
  }

  // -- lessons, steps, result -------------------------------------------------------------------------------------------

  async function save(state) {
    const text = pack(state, host.limit ?? Infinity, host.keeps_texts ?? false);
    if (text) await host.save?.(text, state.lesson);
    renderContents();
  }

  function makeState(lesson) {
    return { lesson, step: 0, done: lesson.steps.map(() => false), finished: false, answers: {} };
  }

  function outcome(state) {
    const graded = state.lesson.questions.length > 0;
    return { value: lessonScore(state), passed: graded ? isPassed(state) : true, graded, percent: percent(lessonScore(state)) };
  }

  function element(tag, text = "", attributes = {}) {
    const made = document.createElement(tag);
    made.append(text);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    return made;
  }

  function renderResult(state) {
    const place = one(`[id="${state.lesson.id}/result"] .outcome`);
    const { graded, passed, value } = outcome(state);
    place.replaceChildren();
    const word = graded ? (passed ? "passed" : "failed") : "completed";
    const head = element("p", "", { class: "state-big", "data-verdict": passed ? "right" : "open" });
    head.append(icon(passed ? "trophy" : "circle-dot"), say(word));
    place.append(head);
    if (graded) {
      place.append(element("p", `${say("reached", { percent: percent(value) })} ${say("pass_mark", { percent: percent(state.lesson.pass) })}`, { class: "reached" }));
    }
    const missed = state.lesson.questions.filter((question) => (state.answers[question.id]?.best ?? 0) < 1);
    if (missed.length) {
      const list = element("ul");
      missed.forEach((question) => {
        const item = list.appendChild(element("li"));
        item.append(element("a", question.ask, { href: `#${state.lesson.id}/${question.step}` }));
        const known = state.answers[question.id];
        item.append(" ", element("span", known?.tries ? `${percent(known.best)} %` : say("open_question"), { class: "about" }));
      });
      place.append(element("h3", say("missed")), list);
      const may_retry = missed.some(({ id }) => !state.lesson.attempts || (state.answers[id]?.tries ?? 0) < state.lesson.attempts);
      if (may_retry) place.append(retakeButton(state, missed));
    }
    const next = data.lessons[data.lessons.findIndex(({ id }) => id === state.lesson.id) + 1];
    if (data.path && next) {
      const link = element("a", `${say("next_lesson")}: ${next.title}`, { class: "button primary", href: `#${next.id}` });
      link.append(icon("arrow-right"));
      place.append(element("p", "", { class: "actions" }));
      place.lastChild.append(link);
    }
  }

  function retakeButton(state, missed) {
    const button = element("button", "", { type: "button" });
    button.append(icon("rotate-ccw"), say("retake"));
    button.addEventListener("click", () => {
      missed.forEach((question) => {
        const known = state.answers[question.id];
        const form = one(`[data-lesson="${state.lesson.id}"] [data-question="${question.id}"]`);
        if (known) Object.assign(known, { open: true, answer: null, solved: false });
        fill(form, question, null);
        render(state, question, form);
      });
      save(state);
      location.hash = `${state.lesson.id}/${missed[0].step}`;
    });
    const place = element("p", "", { class: "actions" });
    place.append(button);
    return place;
  }

  function renderContents() {
    all("[data-lesson-row]").forEach((row) => {
      const state = states.get(row.dataset.lessonRow);
      const { graded, passed } = outcome(state);
      const begun = state.done.some(Boolean) || Object.keys(state.answers).length > 0;
      const word = state.finished ? (graded && !passed ? "failed" : graded ? "passed" : "completed") : begun ? "started" : "";
      one(".state", row).textContent = word ? say(word) : "";
      row.dataset.state = word;
    });
  }

  function renderSteps(state, at) {
    const root = one(`article[data-lesson="${state.lesson.id}"]`);
    all("nav a", root).forEach((link, number) => {
      if (number === at) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
      link.classList.toggle("done", state.done[number]);
    });
    const count = state.lesson.steps.length;
    one(".count", root).textContent = at < count ? say("step_of", { n: at + 1, count }) : say("result");
    one(".track span", root).style.width = `${(state.done.filter(Boolean).length / count) * 100}%`;
  }

  let read_on = null; // the view in which a word was looked up

  /* Show what the address says: contents, a lesson (where it was left), one of its steps or a word of it, or its result. */
  function show(focus_heading = true) {
    const address = decodeURIComponent(location.hash.slice(1));
    const [lesson_id, step, word] = address.split("/");
    const state = states.get(lesson_id) ?? (data.path ? null : states.values().next().value);
    all(".view, article.lesson").forEach((view) => { view.hidden = true; });
    let view = one("#contents");
    if (state) {
      const steps = state.lesson.steps;
      let at = step === "result" ? steps.length : steps.indexOf(step);
      if (at < 0) at = state.step;
      one(`article[data-lesson="${state.lesson.id}"]`).hidden = false;
      view = one(`[id="${state.lesson.id}/${steps[at] ?? "result"}"]`);
      if (at < steps.length && state.step !== at) {
        state.step = at;
        host.moved?.(state.lesson, at);
        save(state);
      }
      if (at === steps.length) renderResult(state);
      renderSteps(state, at);
    }
    view.hidden = false;
    all("form", view).forEach((form) => { form.shown_at = Date.now(); });
    if (!focus_heading) return;
    const said = word && document.getElementById(address);
    const is_back = view === read_on; // from a word to where it was read: the browser scrolls there
    read_on = said ? view : null;
    if (said) { // a word of the step's list: its definition comes into view
      said.focus({ preventScroll: true });
      said.scrollIntoView({ block: "center" });
    }
    if (said || is_back) return;
    one("h1[tabindex], h2", view).focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function finishStep(link) {
    const state = states.get(link.closest("[data-lesson]").dataset.lesson);
    const at = state.lesson.steps.indexOf(link.dataset.done);
    state.done[at] = true;
    if (at === state.lesson.steps.length - 1) {
      state.finished = true;
      host.finished?.(state.lesson, outcome(state));
    }
    save(state);
  }

  function copyPrompt(button) {
    const text = one(".prompt", button.closest(".practice"));
    const status = one(".status", button.parentElement);
    const select = () => {
      getSelection().selectAllChildren(text);
      status.textContent = say(document.execCommand("copy") ? "copied" : "copy_failed"); // for pages opened from a file
    };
    if (!navigator.clipboard) return select();
    return navigator.clipboard.writeText(text.textContent).then(() => { status.textContent = say("copied"); }, select);
  }

  async function start(with_host) {
    host = with_host;
    document.body.classList.add("js");
    for (const lesson of data.lessons) {
      const state = makeState(lesson);
      states.set(lesson.id, state);
      unpack(state, (await host.load?.(lesson)) || "null");
      lesson.questions.forEach((question) => connectQuestion(state, question));
    }
    addEventListener("hashchange", () => show());
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-done]");
      if (link) finishStep(link);
      const copy = event.target.closest("[data-do=copy]");
      if (copy) copyPrompt(copy);
    });
    all("[data-do=exit]").forEach((button) => {
      button.hidden = !host.exit;
      button.addEventListener("click", () => host.exit());
    });
    renderContents();
    show(false);
    document.body.classList.add("ready");
  }

  const notice = (name) => {
    const place = one("#notice");
    place.hidden = !name;
    place.textContent = name ? say(name) : "";
  };

  return { data, start, score, fold, foldAnswer, states, outcome, notice, pack };
})();
