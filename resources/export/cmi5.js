/* Reports to a learning record store as cmi5 asks (https://github.com/AICC/CMI-5_Spec_Current, sections 8 to 10).

Statements wait in a row until the store has taken them, so that they arrive in order even if the network fails. */
"use strict";
(async () => {
  const player = window.Greenroom;
  const reporting = window.GreenroomReporting;
  const asked = new URLSearchParams(location.search);
  const [endpoint, activity, registration] = ["endpoint", "activityId", "registration"].map((name) => asked.get(name) ?? "");
  const lesson_language = player.data.lessons[0].language;
  const started_at = Date.now();
  const CMI5 = "https://w3id.org/xapi/cmi5/context";
  const STATE = "greenroom";
  const VERBS = {
    initialized: "http://adlnet.gov/expapi/verbs/initialized", terminated: "http://adlnet.gov/expapi/verbs/terminated",
    completed: "http://adlnet.gov/expapi/verbs/completed", passed: "http://adlnet.gov/expapi/verbs/passed",
    failed: "http://adlnet.gov/expapi/verbs/failed", answered: "http://adlnet.gov/expapi/verbs/answered",
  };
  let actor = null, token = "", launch = {}, stored = {}, waiting = [], sending = null, is_open = false;

  function address(resource, values = {}) {
    const query = new URLSearchParams(values).toString();
    return `${endpoint.replace(/\/*$/, "/")}${resource}${query ? `?${query}` : ""}`;
  }

  const ask = (resource, values, options = {}) => fetch(address(resource, values), {
    ...options,
    headers: { Authorization: `Basic ${token}`, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json" },
  });

  const stateOf = (id) => ({ activityId: activity, agent: JSON.stringify(actor), registration, stateId: id });

  async function json(answer, otherwise) {
    if (answer.status === 404) return otherwise;
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  /* The token can be fetched once only; a page that is loaded again has it from before. */
  async function authorise() {
    const url = asked.get("fetch");
    const answer = await (await fetch(url, { method: "POST" })).json();
    const known = () => { try { return sessionStorage.getItem(url); } catch { return null; } };
    if (answer["auth-token"]) {
      try { sessionStorage.setItem(url, answer["auth-token"]); } catch { /* then a reload cannot go on */ }
      return answer["auth-token"];
    }
    return known();
  }

  async function connect() {
    actor = JSON.parse(asked.get("actor"));
    token = await authorise();
    if (!token) throw new Error("no token");
    launch = await json(await ask("activities/state", stateOf("LMS.LaunchData")), null);
    if (!launch) throw new Error("no launch data");
    await json(await ask("agents/profile", { agent: JSON.stringify(actor), profileId: "cmi5LearnerPreferences" }), {});
    stored = await json(await ask("activities/state", stateOf(STATE)), {});
    if (typeof launch.masteryScore === "number") player.data.lessons[0].pass = launch.masteryScore;
    is_open = true;
    queue(statement("initialized", { is_cmi5: true }));
  }

  function identifier() {
    const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is missing where the page is not from https
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return [...bytes].map((byte, at) => `${[4, 6, 8, 10].includes(at) ? "-" : ""}${byte.toString(16).padStart(2, "0")}`).join("");
  }

  function statement(verb, { is_cmi5 = false, moves_on = false, result = null, object = null, mastery = false }) {
    const context = structuredClone(launch.contextTemplate ?? {});
    context.registration = registration;
    if (is_cmi5) {
      const activities = (context.contextActivities ??= {});
      activities.category = [...(activities.category ?? []), { id: `${CMI5}/categories/cmi5` }, ...(moves_on ? [{ id: `${CMI5}/categories/moveon` }] : [])];
    }
    if (mastery && typeof launch.masteryScore === "number") {
      context.extensions = { ...context.extensions, [`${CMI5}/extensions/masteryscore`]: launch.masteryScore };
    }
    return {
      id: identifier(),
      timestamp: new Date().toISOString(),
      actor,
      verb: { id: VERBS[verb], display: { "en-US": verb } },
      object: object ?? { objectType: "Activity", id: activity },
      ...(result ? { result } : {}),
      context,
    };
  }

  const session = () => reporting.seconds((Date.now() - started_at) / 1000);
  const scaled = (value) => Math.floor(value * 1e6 + 1e-3) / 1e6; // never rounded up to the pass mark

  function queue(made) {
    waiting.push(made);
    sending ??= send().finally(() => { sending = null; });
    return sending;
  }

  async function send() {
    while (waiting.length) {
      const now = [...waiting];
      try {
        const answer = await ask("statements", {}, { method: "POST", body: JSON.stringify(now) });
        if (!answer.ok) throw new Error(`${answer.status}`);
      } catch {
        player.notice("not_sent");
        return; // they go along with the next one
      }
      waiting = waiting.slice(now.length);
      player.notice("");
    }
  }

  const words = (text) => ({ [lesson_language]: text });
  const named = (ids, texts) => ids.map((id, at) => ({ id, description: words(texts[at]) }));
  const numbered = (name, texts) => named(texts.map((_, at) => `${name}-${at + 1}`), texts);

  function definition(question) {
    const lists = {
      choice: () => ({ choices: named(question.texts.map((_, at) => reporting.option(at)), question.texts) }),
      sequencing: () => ({ choices: named(question.texts.map((_, at) => reporting.option(at)), question.texts) }),
      matching: () => question.kind === "claims"
        ? { source: numbered("claim", question.texts), target: named(["supported", "unsupported"], [player.data.words.supported, player.data.words.unsupported]) }
        : { source: numbered("row", question.texts), target: numbered("column", question.columns) },
    };
    const type = reporting.type(question);
    const patterns = reporting.patterns(question);
    return {
      type: "http://adlnet.gov/expapi/activities/cmi.interaction",
      interactionType: type,
      description: words(question.ask),
      ...(patterns.length ? { correctResponsesPattern: patterns } : {}),
      ...(lists[type]?.() ?? {}),
    };
  }

  const counts = () => is_open && (launch.launchMode ?? "Normal") === "Normal";

  function answered(lesson, question, answer, result, seconds) {
    if (!counts()) return;
    queue(statement("answered", {
      object: { objectType: "Activity", id: `${activity}/questions/${question.id}`, definition: definition(question) },
      result: { success: result.right, score: { scaled: scaled(result.value) }, response: reporting.response(question, answer), duration: reporting.seconds(seconds) },
    }));
  }

  /* completed and passed are said once in a registration, and failed never after passed. */
  function finished(lesson, outcome) {
    if (!counts()) return;
    const common = { is_cmi5: true, moves_on: true };
    if (!stored.completed) {
      stored.completed = true;
      queue(statement("completed", { ...common, result: { completion: true, duration: session() } }));
    }
    if (!outcome.graded || stored.passed) return;
    stored.passed = outcome.passed;
    queue(statement(outcome.passed ? "passed" : "failed", {
      ...common, mastery: true, result: { success: outcome.passed, score: { scaled: scaled(outcome.value) }, duration: session() },
    }));
  }

  async function save(text) {
    if (!counts()) return;
    stored.text = text;
    try {
      await ask("activities/state", stateOf(STATE), { method: "PUT", body: JSON.stringify(stored) });
    } catch {
      player.notice("not_sent");
    }
  }

  /* Sent while the page goes away; keepalive lets it arrive. What may be on its way still goes along: a store keeps
     each statement once, by its id. */
  function end() {
    if (!is_open) return undefined;
    is_open = false;
    const last = [...waiting, statement("terminated", { is_cmi5: true, result: { duration: session() } })];
    waiting = [];
    return ask("statements", {}, { method: "POST", body: JSON.stringify(last), keepalive: true }).catch(() => undefined);
  }

  try {
    await connect();
  } catch {
    player.notice("not_recorded");
  }
  addEventListener("pagehide", end);
  const leave = async () => {
    await sending;
    await end();
    location.assign(launch.returnURL);
  };
  await player.start({
    keeps_texts: true,
    limit: 64000,
    load: () => stored.text ?? "",
    save,
    answered,
    finished,
    exit: launch.returnURL ? leave : undefined,
  });
})();
