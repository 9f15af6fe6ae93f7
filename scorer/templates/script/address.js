// What is shown, as the address of the page says it.

const PAGE = 25, PRINTED = 1000, LONG = 3000, MANY_WORDS = 500, TOLD = 12;
const SEVERITIES = ["critical", "major", "minor"];
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const scores = data.scores.map(([name]) => name);
const column = new Map(scores.map((name, i) => [name, i]));
const several = data.systems.length > 1;
const wholes = new Intl.NumberFormat("en");

// Every text goes into the page as a text node, never as markup.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  for (const child of children) if (child !== null && child !== "") element.append(child);
  return element;
}

const DEFAULTS = { of: 1, vs: several ? 2 : 0, sort: several ? "ahead" : "worst", order: "", find: "", check: "",
  severity: "", unaligned: false, suspected: true, quality: null, adequacy: null, fluency: null, lines: null, page: 1 };
const RANGES = ["quality", "adequacy", "fluency", "lines"];
let state = { ...DEFAULTS };
let shown = data.rows, cursor = -1, printing = false;

function range(text) {
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text || "");
  return match ? [Number(match[1]), Number(match[2])] : null;
}

function whole(text, least, most, otherwise) {
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : otherwise;
}

function readAddress() {
  const hash = location.hash.slice(1);
  const [, number, rest] = /^(?:s-(\d+))?&?(.*)$/s.exec(hash);
  const asked = new URLSearchParams(rest);
  const next = { ...DEFAULTS };
  next.of = whole(asked.get("of"), 1, data.systems.length, DEFAULTS.of);
  next.vs = asked.has("vs") || asked.has("of") ? whole(asked.get("vs"), 1, data.systems.length, 0) : DEFAULTS.vs;
  if (!next.vs || next.vs === next.of) { next.vs = 0; next.sort = "worst"; }
  if (asked.has("sort") && sorts().some(([name]) => name === asked.get("sort"))) next.sort = asked.get("sort");
  if (["up", "down"].includes(asked.get("order"))) next.order = asked.get("order");
  next.find = asked.get("find") || "";
  if (data.checks.includes(asked.get("check"))) next.check = asked.get("check");
  if (SEVERITIES.includes(asked.get("severity"))) next.severity = asked.get("severity");
  next.unaligned = asked.get("unaligned") === "1";
  next.suspected = asked.get("suspected") !== "0";
  for (const name of RANGES) next[name] = range(asked.get(name));
  next.page = whole(asked.get("page"), 1, 1e6, 1);
  state = next;
  return number ? Number(number) : null;
}

function address(number) {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    const usual = DEFAULTS[name];
    if (value === usual || value === null || (name === "sort" && value === "worst" && !state.vs && several)) continue;
    if (name === "vs" && !value) continue;
    told.set(name, Array.isArray(value) ? value.join("-") : value === true ? "1" : value === false ? "0" : String(value));
  }
  if (several && (state.of !== DEFAULTS.of || state.vs !== DEFAULTS.vs)) {
    told.set("of", state.of);
    if (state.vs) told.set("vs", state.vs);
  }
  const filters = told.toString();
  return "#" + (number ? "s-" + number : "") + (number && filters ? "&" : "") + filters;
}

function writeAddress(number) {
  // A page inside another page, or a viewer of attachments, may not let its address be changed.
  try { history.replaceState(null, "", address(number)); } catch { /* the page works without */ }
}
