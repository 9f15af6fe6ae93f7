// What people press and click.

function prepare() {
  byId("tools").hidden = false;
  for (const [name, label] of sorts()) byId("sort").append(make("option", { value: name }, label));
  for (const check of data.checks) byId("check").append(make("option", { value: check }, check));
  const listen = (id, event, act) => byId(id) && byId(id).addEventListener(event, act);
  for (const name of ["sort", "check", "severity"]) listen(name, "change", (e) => change({ [name]: e.target.value, ...(name === "sort" ? { order: "" } : {}) }));
  for (const name of ["of", "vs"]) listen(name, "change", (e) => change({ [name]: Number(e.target.value) || 0 }));
  for (const name of ["unaligned", "suspected"]) listen(name, "change", (e) => change({ [name]: e.target.checked }));
  let waiting = 0;
  listen("find", "input", (e) => { clearTimeout(waiting); waiting = setTimeout(() => change({ find: e.target.value }), 120); });
  listen("order", "click", () => change({ order: falls() ? "up" : "down" }));
  listen("range", "click", () => change(Object.fromEntries(RANGES.map((name) => [name, null]))));
  listen("reset", "click", reset);
  listen("keys", "click", () => byId("help").showModal());
  for (const button of document.querySelectorAll("[data-turn]")) {
    button.addEventListener("click", () => {
      change({ page: Math.max(1, Math.min(pages(), state.page + Number(button.dataset.turn))) });
      byId("segments").scrollIntoView({ block: "start" });
    });
  }
  byId("rows").addEventListener("focusin", (e) => {
    const row = e.target.closest(".segment");
    if (row) cursor = shown.findIndex((each) => "s-" + each.n === row.id);
  });
  document.addEventListener("keydown", pressed);
  window.addEventListener("hashchange", () => { if (!follow() && location.hash.length > 1) byId("segments").scrollIntoView({ block: "start" }); });
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  document.querySelectorAll("svg.chart").forEach(oneStop);
}

function reset() {
  byId("find").value = "";
  change({ ...DEFAULTS });
}

function print(begins) {
  if (printing === begins) return;
  printing = begins;
  draw();
}

function oneStop(chart) {
  // A chart of a hundred links is one stop for the tabulator; arrow keys go through it.
  const links = [...chart.querySelectorAll("a")];
  links.forEach((link, i) => link.setAttribute("tabindex", i ? "-1" : "0"));
  chart.addEventListener("keydown", (e) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    const next = by && links[links.indexOf(e.target.closest("a")) + by];
    if (!next) return;
    e.preventDefault();
    for (const link of links) link.setAttribute("tabindex", link === next ? "0" : "-1");
    next.focus();
  });
}

function pressed(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || byId("help").open) return;
  const writing = e.target.closest("input, select, textarea");
  if (e.key === "Escape") { if (writing) writing.blur(); else reset(); return; }
  if (writing) return;
  const inList = e.target.closest(".segment");
  const acts = { j: () => step(1), k: () => step(-1), "/": () => byId("find").focus(), "?": () => byId("help").showModal(),
    w: () => { change({ ...DEFAULTS, of: state.of, vs: state.vs, sort: "worst" }); if (shown.length) mark(0, true); } };
  if (inList) Object.assign(acts, { ArrowDown: acts.j, ArrowUp: acts.k });
  if (!Object.hasOwn(acts, e.key)) return;
  e.preventDefault();
  acts[e.key]();
}

prepare();
follow();
