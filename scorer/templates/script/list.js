// The list of segments, and the way through it.

function draw() {
  const start = printing ? 0 : (state.page - 1) * PAGE;
  const rows = shown.slice(start, printing ? PRINTED : start + PAGE).map(drawRow);
  const columns = Math.max(1, ...rows.map((row) => row[1]));
  byId("list").className = "list columns-" + columns;
  byId("rows").replaceChildren(...rows.map((row) => row[0]));
  const first = byId("rows").firstElementChild;
  if (first) first.tabIndex = 0;
  byId("empty").hidden = shown.length > 0;
  byId("list").hidden = shown.length === 0;
  const total = wholes.format(data.rows.length);
  byId("count").textContent = shown.length === data.rows.length ? total : `${wholes.format(shown.length)} of ${total}`;
  for (const pager of document.querySelectorAll(".pager")) {
    pager.hidden = pages() === 1;
    pager.querySelector("[data-page]").textContent = `${wholes.format(start + 1)} to ${wholes.format(Math.min(shown.length, start + PAGE))} of ${wholes.format(shown.length)}`;
    pager.querySelector('[data-turn="-1"]').disabled = state.page === 1;
    pager.querySelector('[data-turn="1"]').disabled = state.page === pages();
  }
  showControls();
}

function showControls() {
  for (const name of ["of", "vs", "sort", "check", "severity", "find"]) {
    const control = byId(name);
    if (control && document.activeElement !== control) control.value = name === "vs" && !state.vs ? "" : String(state[name]);
  }
  byId("unaligned").checked = state.unaligned;
  byId("suspected").checked = state.suspected;
  byId("order").textContent = falls() ? "↓" : "↑";
  byId("order").setAttribute("aria-label", falls() ? "order: falling; reverse" : "order: rising; reverse");
  const told = RANGES.filter((name) => state[name]).map((name) => `${name} ${state[name][0]} to ${state[name][1]}`);
  byId("reset").hidden = shown.length === data.rows.length;
  byId("range").hidden = !told.length;
  byId("range").textContent = told.join(", ") + " ✕";
  byId("range").setAttribute("aria-label", "no longer only " + told.join(", "));
}

function change(changes) {
  state = { ...state, page: 1, ...changes };
  if (state.vs === state.of) state.vs = 0;
  if (!state.vs && ["ahead", "behind"].includes(state.sort)) state.sort = "worst";
  cursor = -1;
  choose();
  writeAddress(null);
  draw();
}

function mark(position, focus) {
  cursor = position;
  const page = Math.floor(position / PAGE) + 1;
  if (page !== state.page) { state.page = page; draw(); }
  for (const here of document.querySelectorAll(".segment.here")) here.classList.remove("here");
  const row = byId("s-" + shown[position].n);
  if (!row) return;
  row.classList.add("here");
  if (focus) row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (row.getBoundingClientRect().height > innerHeight) row.scrollIntoView({ block: "start" });
  writeAddress(shown[position].n);
}

function step(by) {
  if (!shown.length) return;
  const from = cursor < 0 ? (state.page - 1) * PAGE - (by > 0 ? 1 : 0) : cursor;
  mark(Math.max(0, Math.min(shown.length - 1, from + by)), true);
}

function follow() {
  const number = readAddress();
  cursor = -1;
  choose();
  if (number !== null) {
    let position = shown.findIndex((row) => row.n === number);
    if (position < 0 && data.rows.some((row) => row.n === number)) {
      // A link to a segment shows that segment, whatever else is filtered.
      state = { ...DEFAULTS };
      choose();
      position = shown.findIndex((row) => row.n === number);
    }
    if (position >= 0) { state.page = Math.floor(position / PAGE) + 1; draw(); mark(position, true); return true; }
  }
  draw();
  return false;
}
