/* A page of its own: the browser keeps which options were chosen, never what somebody typed. */
"use strict";
(() => {
  const key = (lesson) => `greenroom:${window.Greenroom.data.id}:${lesson.id}`;
  window.Greenroom.start({
    keeps_texts: false,
    load(lesson) {
      try {
        return localStorage.getItem(key(lesson));
      } catch {
        return ""; // storage is switched off: the page works, but forgets
      }
    },
    save(text, lesson) {
      try {
        localStorage.setItem(key(lesson), text);
      } catch {
        /* as above */
      }
    },
  });
})();
