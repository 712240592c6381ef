"use strict";
// Follows the audio: marks the line being spoken, jumps by chapter or line, keeps speed and place. The page works without it.
(() => {
  const audio = document.querySelector("audio");
  const lines = [...document.querySelectorAll(".transcript p")];
  if (!audio) return;
  const starts = lines.map((line) => Number(line.dataset.start));
  const store = "briefing:" + location.pathname;
  let current = -1;
  const lineAt = (time) => {
    let low = 0, high = starts.length;
    while (low < high) { const middle = (low + high) >> 1; if (starts[middle] <= time + 0.05) low = middle + 1; else high = middle; }
    return low - 1;
  };
  const mark = () => {
    const next = lineAt(audio.currentTime);
    if (next === current) return;
    if (lines[current]) lines[current].removeAttribute("aria-current");
    current = next;
    if (!lines[current]) return;
    lines[current].setAttribute("aria-current", "true");
    if (!audio.paused) lines[current].scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  const seek = (time, play = true) => { audio.currentTime = time; mark(); if (play) audio.play().catch(() => {}); };
  const remember = () => { try { localStorage.setItem(store, String(audio.currentTime)); } catch { /* private mode */ } };
  const tick = () => { mark(); if (!audio.paused) requestAnimationFrame(tick); };
  audio.addEventListener("play", tick);
  audio.addEventListener("seeked", mark);
  audio.addEventListener("timeupdate", mark);
  audio.addEventListener("pause", remember);
  addEventListener("pagehide", remember);
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-start]");
    if (target) { event.preventDefault(); seek(Number(target.dataset.start)); }
    const skip = event.target.closest("[data-skip]");
    if (skip) seek(Math.max(0, audio.currentTime + Number(skip.dataset.skip)), !audio.paused);
    const speed = event.target.closest("[data-speed]");
    if (speed) { const steps = [1, 1.25, 1.5, 1.75, 2, 0.8]; audio.playbackRate = steps[(steps.indexOf(audio.playbackRate) + 1) % steps.length]; speed.textContent = audio.playbackRate + "×"; }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("button, a, audio, input") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " || event.key === "k") { event.preventDefault(); audio.paused ? audio.play() : audio.pause(); }
    if (event.key === "ArrowLeft" || event.key === "j") seek(Math.max(0, audio.currentTime - 10), !audio.paused);
    if (event.key === "ArrowRight" || event.key === "l") seek(audio.currentTime + 30, !audio.paused);
  });
  document.querySelectorAll("[hidden].controls").forEach((each) => { each.hidden = false; });
  const begin = new URLSearchParams(location.hash.slice(1)).get("t");
  let saved = 0;
  try { saved = Number(localStorage.getItem(store)) || 0; } catch { /* private mode */ }
  const from = begin === null ? saved : Number(begin);
  if (from > 0) audio.addEventListener("loadedmetadata", () => { if (from < audio.duration - 5) seek(from, false); }, { once: true });
  if ("mediaSession" in navigator) {
    navigator.mediaSession.metadata = new MediaMetadata({ title: document.title, artist: document.body.dataset.show || "" });
    navigator.mediaSession.setActionHandler("seekbackward", () => seek(Math.max(0, audio.currentTime - 10), !audio.paused));
    navigator.mediaSession.setActionHandler("seekforward", () => seek(audio.currentTime + 30, !audio.paused));
  }
})();
