/* Reports to a learning management system through SCORM's run-time API, version 1.2 or 2004 as the page was made for.

The player calls save after each of the other functions, so that one commit sends everything. */
"use strict";
(() => {
  const player = window.Greenroom;
  const reporting = window.GreenroomReporting;
  const is_2004 = player.data.host.version === "2004";
  const api = findApi(window) ?? (window.opener ? findApi(window.opener) : null);
  const started_at = Date.now();
  let open = false, recording = false, interactions = NaN;

  /* The API is in one of the frames around this one, or around the window that opened it. */
  function findApi(start) {
    for (let here = start, depth = 0; depth < 500; here = here.parent, depth++) {
      try {
        const found = here[is_2004 ? "API_1484_11" : "API"];
        if (found) return found;
      } catch {
        return null; // a frame of somebody else
      }
      if (here.parent === here) return null;
    }
    return null;
  }

  const call = (name, ...values) => api[is_2004 ? name : `LMS${name}`](...values);
  const get = (name) => String(call("GetValue", name) ?? "");
  const set = (name, value) => String(call("SetValue", name, String(value))) === "true";
  const commit = () => player.notice(String(call("Commit", "")) === "true" ? "" : "not_sent");
  const names = is_2004
    ? { location: "cmi.location", exit: "cmi.exit", time: "cmi.session_time", score: "cmi.score", mode: "cmi.mode" }
    : { location: "cmi.core.lesson_location", exit: "cmi.core.exit", time: "cmi.core.session_time", score: "cmi.core.score", mode: "cmi.core.lesson_mode" };

  function clock(seconds) {
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const two = (number) => String(number).padStart(2, "0");
    return `${String(Math.min(hours, 9999)).padStart(4, "0")}:${two(minutes)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
  }

  const duration = (seconds) => (is_2004 ? reporting.seconds(seconds) : clock(seconds));
  const now = () => {
    const time = new Date();
    return is_2004 ? time.toISOString().slice(0, 19) : [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
  };

  function begin() {
    open = api !== null && String(call("Initialize", "")) === "true";
    if (!open) return player.notice("not_recorded");
    recording = !["browse", "review"].includes(get(names.mode));
    if (!recording) return undefined;
    interactions = parseInt(get("cmi.interactions._count"), 10); // not a number where a system keeps none
    const status = get(is_2004 ? "cmi.completion_status" : "cmi.core.lesson_status");
    if (["", "unknown", "not attempted"].includes(status)) {
      set(is_2004 ? "cmi.completion_status" : "cmi.core.lesson_status", "incomplete");
    }
    set(names.exit, "suspend"); // so that coming back goes on, also to answer more after the end
    return commit();
  }

  function score(outcome) {
    if (!outcome.graded) return;
    set(`${names.score}.min`, 0);
    set(`${names.score}.max`, 100);
    set(`${names.score}.raw`, Math.floor(outcome.value * 1e4 + 1e-7) / 100); // never rounded up to the pass mark
    if (is_2004) set(`${names.score}.scaled`, Math.floor(outcome.value * 1e6 + 1e-3) / 1e6);
  }

  /* SCORM 1.2 names options by one letter or digit; there are 36. */
  const letterOf = (name) => "abcdefghijklmnopqrstuvwxyz0123456789"[(parseInt(name.split("-")[1], 10) - 1) % 36];
  function in12(question, text) {
    switch (question.kind) {
      case "single":
      case "multiple":
      case "ordering":
        return text.split("[,]").filter(Boolean).map(letterOf).join(",");
      case "matrix":
        return text.split("[,]").filter(Boolean).map((pair) => pair.split("[.]").map(letterOf).join(".")).join(",");
      case "claims":
        return text.split("[,]").map((pair) => `${letterOf(pair.split("[.]")[0])}.${pair.endsWith("[.]supported") ? "s" : "u"}`).join(",");
      default:
        return text.replaceAll("[,]", ", ").slice(0, 255);
    }
  }

  function answered(lesson, question, answer, result, seconds) {
    if (!recording) return;
    score(player.outcome(player.states.get(lesson.id)));
    if (!Number.isNaN(interactions)) {
      const name = (field) => `cmi.interactions.${interactions}.${field}`;
      const form = (text) => (is_2004 ? text : in12(question, text));
      const type = reporting.type(question);
      set(name("id"), question.id);
      set(name("type"), is_2004 || type !== "other" ? type : "performance");
      if (is_2004) set(name("description"), question.ask.slice(0, 250));
      reporting.patterns(question).forEach((pattern, at) => set(name(`correct_responses.${at}.pattern`), form(pattern)));
      set(name(is_2004 ? "learner_response" : "student_response"), form(reporting.response(question, answer)));
      set(name("result"), result.right ? "correct" : result.value > 0 ? Math.round(result.value * 1e4) / 1e4 : is_2004 ? "incorrect" : "wrong");
      set(name("weighting"), 1);
      set(name("latency"), duration(seconds));
      set(name(is_2004 ? "timestamp" : "time"), now());
      interactions += 1;
    }
  }

  function moved(lesson, step) {
    if (!recording) return;
    set(names.location, lesson.steps[step]);
    if (is_2004) {
      const done = player.states.get(lesson.id).done;
      set("cmi.progress_measure", Math.floor((done.filter(Boolean).length / done.length) * 1e4) / 1e4);
    }
  }

  function finished(lesson, outcome) {
    if (!recording) return;
    score(outcome);
    if (is_2004) {
      set("cmi.completion_status", "completed");
      set("cmi.progress_measure", 1);
      set("cmi.success_status", outcome.passed ? "passed" : "failed");
    } else {
      set("cmi.core.lesson_status", !outcome.graded ? "completed" : outcome.passed ? "passed" : "failed");
    }
  }

  function end() {
    if (!open) return;
    open = false;
    if (recording) {
      set(names.time, duration((Date.now() - started_at) / 1000));
      call("Commit", "");
    }
    recording = false;
    call(is_2004 ? "Terminate" : "Finish", "");
  }

  begin();
  addEventListener("pagehide", end);
  player.start({
    keeps_texts: true,
    limit: is_2004 ? 64000 : 4096,
    load: () => (open ? get("cmi.suspend_data") : ""),
    save(text) {
      if (!recording) return;
      set("cmi.suspend_data", text);
      commit();
    },
    answered,
    moved,
    finished,
  });
})();
