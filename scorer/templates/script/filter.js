// Which segments are shown, and in what order.

function sorts() {
  const made = several ? [["ahead", "where it is ahead most"], ["behind", "where it is behind most"]] : [];
  return [...made, ["worst", "worst first"], ["text", "order of the text"], ...scores.map((name) => [name, name])];
}

const one = (row) => row.m[state.of - 1];
const other = (row) => (state.vs ? row.m[state.vs - 1] : null);
const value = (made, name) => (made ? made.v[column.get(name)] ?? null : null);
const counts = (finding) => state.suspected || !finding[3];

function gap(row) {
  const [a, b] = [value(one(row), "quality"), value(other(row), "quality")];
  return a === null || b === null ? null : a - b;
}

function searched(row) {
  if (row.words === undefined) {
    const texts = [...row.t.map((text) => text[1])];
    for (const made of row.m) if (made) texts.push(made.h, made.p || "", ...(made.f || []).map((f) => f[2]));
    row.words = texts.join("\n").toLowerCase();
  }
  return row.words;
}

function within(number, ends, last) {
  return ends === null || (number !== null && number >= ends[0] && (number < ends[1] || (number === ends[1] && (last || ends[1] === 100))));
}

function passes(row, wanted) {
  const made = [one(row), other(row)].filter(Boolean);
  if (!made.length || !within(row.n, state.lines, true)) return false;
  if (!["quality", "adequacy", "fluency"].every((name) => within(value(one(row), name), state[name], false))) return false;
  if (state.unaligned && !made.some((each) => !each.h.trim()) && !(row.t.length && !row.t[0][1].trim())) return false;
  if (wanted.check !== -1 || wanted.severity !== -1) {
    const fits = (f) => counts(f) && (wanted.check === -1 || f[1] === wanted.check) && (wanted.severity === -1 || f[0] === wanted.severity);
    if (!made.some((each) => (each.f || []).some(fits))) return false;
  }
  return !wanted.find || searched(row).includes(wanted.find);
}

function keyOf(sort) {
  if (sort === "ahead" || sort === "behind") return gap;
  if (sort === "text") return (row) => row.n;
  if (sort !== "worst") return (row) => value(one(row), sort);
  return (row) => value(one(row), column.has("mqm") ? "mqm" : "quality");
}

function falls() {
  const usual = state.sort === "ahead" || (state.sort === "worst" && column.has("mqm"))
    || (column.has(state.sort) && !data.scores[column.get(state.sort)][1]);
  return state.order ? state.order === "down" : usual;
}

function choose() {
  const wanted = { find: state.find.trim().toLowerCase(), check: state.check ? data.checks.indexOf(state.check) : -1,
    severity: SEVERITIES.indexOf(state.severity) };
  const key = keyOf(state.sort), sign = falls() ? -1 : 1;
  const keyed = data.rows.filter((row) => passes(row, wanted)).map((row, i) => [key(row), i, row]);
  keyed.sort(([a, i], [b, j]) => (a === b ? i - j : a === null ? 1 : b === null ? -1 : sign * (a - b)));
  shown = keyed.map((each) => each[2]);
  state.page = Math.min(state.page, pages());
}

const pages = () => Math.max(1, Math.ceil(shown.length / PAGE));
