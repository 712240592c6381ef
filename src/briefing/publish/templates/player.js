"use strict";
// Follows the audio: marks the line being spoken, jumps by chapter or line, keeps speed and place. The page works without it.
(() => {
  const audio = document.querySelector("audio");
  if (!audio) return;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const lines = all(".transcript p"), chapters = all(".chapters [data-start]"), plays = all("[data-play]");
  const now = document.querySelector(".now span");
  const steps = [1, 1.25, 1.5, 1.75, 2, 0.8];
  const read = (key) => { try { return localStorage.getItem("briefing:" + key); } catch { return null; } }; // private mode
  const keep = (key, value) => { try { localStorage.setItem("briefing:" + key, value); } catch { /* private mode */ } };
  const place = () => new URL(audio.getAttribute("src"), location.href).pathname;
  const lastBefore = (elements, time) => {
    let low = 0, high = elements.length;
    while (low < high) { const middle = (low + high) >> 1; if (Number(elements[middle].dataset.start) <= time + 0.05) low = middle + 1; else high = middle; }
    return elements[low - 1] || null;
  };
  const isSeen = (element) => { const box = element.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
  let line = null, chapter = null;
  const mark = () => {
    const next = lastBefore(lines, audio.currentTime), part = lastBefore(chapters, audio.currentTime);
    if (part !== chapter) {
      chapter?.removeAttribute("aria-current");
      part?.setAttribute("aria-current", "step");
      chapter = part;
    }
    if (next === line) return;
    const follows = !line || isSeen(line); // who scrolled away is left alone
    line?.removeAttribute("aria-current");
    next?.setAttribute("aria-current", "true");
    line = next;
    if (line && follows && !audio.paused) line.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  const play = () => audio.play().catch(() => {});
  const seek = (time, plays = true) => { audio.currentTime = Math.max(0, time); mark(); if (plays) play(); };
  const skip = (seconds) => seek(audio.currentTime + seconds, !audio.paused);
  const remember = () => { if (audio.currentTime) keep(place(), audio.ended ? "0" : String(audio.currentTime)); };
  const tick = () => { mark(); if (!audio.paused) requestAnimationFrame(tick); };
  const setSpeed = (speed) => {
    audio.defaultPlaybackRate = audio.playbackRate = speed;
    for (const each of all("[data-speed]")) { each.textContent = speed + "×"; each.setAttribute("aria-label", "再生速度 " + speed + "×"); }
  };
  const show = () => { for (const each of plays) { const on = !audio.paused && each.dataset.play === audio.getAttribute("src"); each.classList.toggle("playing", on); each.setAttribute("aria-label", each.getAttribute("aria-label").replace(/^[^：]+/, on ? "停止" : "再生")); } };
  const resume = (begin) => {
    const from = begin === null ? Number(read(place())) || 0 : Number(begin);
    if (from > 0) audio.addEventListener("loadedmetadata", () => { if (from < audio.duration - 5) seek(from, !audio.paused); }, { once: true });
  };
  const choose = (button) => {
    if (button.dataset.play !== audio.getAttribute("src")) {
      remember();
      audio.src = button.dataset.play;
      now.parentElement.replaceChildren(now);
      now.textContent = button.parentElement.querySelector("a").textContent;
      resume(null);
      play();
    } else if (audio.paused) play(); else audio.pause();
    tell();
  };
  const tell = () => {
    if (!("mediaSession" in navigator)) return;
    const artwork = [{ src: new URL(document.body.dataset.cover, location.href).href, sizes: "3000x3000", type: "image/jpeg" }];
    const title = (now || document.querySelector("h1")).textContent;
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: document.body.dataset.show, album: document.body.dataset.show, artwork });
  };
  const jump = (by) => { const next = chapters[chapters.indexOf(chapter) + by]; if (next) seek(Number(next.dataset.start)); };
  audio.addEventListener("play", () => { tick(); show(); });
  audio.addEventListener("pause", () => { remember(); show(); });
  for (const name of ["seeked", "timeupdate"]) audio.addEventListener(name, mark);
  setInterval(() => { if (!audio.paused) remember(); }, 5000);
  addEventListener("pagehide", remember);
  document.addEventListener("click", (event) => {
    const found = (selector) => event.target.closest(selector);
    if (found("[data-start]") && !getSelection().toString()) { event.preventDefault(); seek(Number(found("[data-start]").dataset.start)); }
    if (found("[data-skip]")) skip(Number(found("[data-skip]").dataset.skip));
    if (found("[data-speed]")) { setSpeed(steps[(steps.indexOf(audio.playbackRate) + 1) % steps.length]); keep("speed", String(audio.playbackRate)); }
    if (found("[data-play]")) choose(found("[data-play]"));
    const copy = found("[data-copy]");
    if (copy) {
      const field = document.querySelector("#feed");
      field.select();
      navigator.clipboard?.writeText(field.value).then(() => { copy.textContent = "コピーしました"; }, () => {});
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("button, a, audio, input") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " || event.key === "k") { event.preventDefault(); if (audio.paused) play(); else audio.pause(); }
    if (event.key === "ArrowLeft" || event.key === "j") skip(-10);
    if (event.key === "ArrowRight" || event.key === "l") skip(30);
  });
  for (const each of all(".controls[hidden], [data-play], [data-copy]")) each.hidden = false;
  document.querySelector(".transcript")?.classList.add("live");
  setSpeed(Number(read("speed")) || 1);
  resume(new URLSearchParams(location.hash.slice(1)).get("t"));
  tell();
  if ("mediaSession" in navigator) {
    const actions = { play, pause: () => audio.pause(), seekbackward: () => skip(-10), seekforward: () => skip(30), seekto: (to) => seek(to.seekTime, !audio.paused) };
    if (chapters.length > 1) Object.assign(actions, { previoustrack: () => jump(-1), nexttrack: () => jump(1) });
    for (const [name, act] of Object.entries(actions)) { try { navigator.mediaSession.setActionHandler(name, act); } catch { /* an action that this browser does not know */ } }
  }
})();
