// One segment.

// As Python writes numbers, so that all reports show the same: of two as near ones, the even one.
function figure(number, digits) {
  if (number === null) return "–";
  const halfway = Number.isInteger(number * 2 ** (digits + 1)) && !Number.isInteger(number * 2 ** digits);
  if (!halfway) return number.toFixed(digits);
  const below = Math.floor(number * 10 ** digits);
  return ((below + (below % 2 ? 1 : 0)) / 10 ** digits).toFixed(digits);
}

function badge(number) {
  const word = number === null ? "undefined" : data.bands.find(([floor]) => number >= floor)[1];
  return make("span", { class: "badge " + word, title: "quality: " + word.replace("-", " ") }, figure(number, 0));
}

function details(row, made) {
  const parts = ["adequacy", "fluency"].map((name) => `${name} ${figure(value(made, name), 0)}`);
  if (value(made, "mqm") !== null) {
    const [low, high] = [value(made, "mqm_low"), value(made, "mqm_high")];
    parts.push(`mqm ${figure(value(made, "mqm"), 1)}`);
    if (low !== null && high !== null) parts.push(`(80%: ${figure(low, 1)} to ${figure(high, 1)})`);
  }
  if (column.has(state.sort) && !["quality", "adequacy", "fluency", "mqm"].includes(state.sort)) parts.push(`${state.sort} ${figure(value(made, state.sort), 1)}`);
  if (made.r) parts.push("rough: unseen language");
  const box = make("div", { class: "detail" });
  for (const part of parts) box.append(part, " ", make("br"));
  if (made.p) box.append(make("bdi", null, made.p));
  return box;
}

function findingList(made, name) {
  const found = (made.f || []).filter(counts);
  if (!found.length && !made.x) return null;
  const list = make("ul", { class: "findings" });
  for (const finding of found.slice(0, TOLD)) {
    const kind = finding[3] ? "suspected" : SEVERITIES[finding[0]];
    const message = `${data.checks[finding[1]]}: ${finding[2]}`;
    list.append(make("li", null, make("span", { class: "kind " + kind }, (finding[3] ? "suspected " : "") + SEVERITIES[finding[0]]), " ",
      make("span", { class: "message" }, make("bdi", null, message), name ? make("span", { class: "soft" }, " · ", make("bdi", null, name)) : null)));
  }
  if (found.length > TOLD) list.append(make("li", { class: "soft" }, `and ${wholes.format(found.length - TOLD)} more`));
  if (made.x) list.append(make("li", { class: "soft" }, made.x));
  return list;
}

function drawRow(row) {
  const [a, b] = [one(row), other(row)], made = [a, b].filter(Boolean), main = made[0], texts = main.t || row.t;
  const lang = data.languages[1], pair = state.vs && a && b, findings = main.f || [];
  const [ours, theirs] = pair ? differing(a.h, b.h) : [main.hd || [], []];
  const name = (made) => (!several ? (data.peers ? "B" : "hypothesis") : data.systems[row.m.indexOf(made)]);
  const head = make("div", { class: "number" }, make("a", { href: address(row.n), "aria-label": "segment " + row.n }, String(row.n)));
  if (pair) head.append(make("span", null, (gap(row) > 0 ? "+" : "") + figure(gap(row), 1)), make("span", { class: "detail" }, "in quality"));
  else head.append(badge(value(main, "quality")), make("span", { class: "detail" }, "quality"));
  const cells = [make("th", { role: "rowheader", scope: "row" }, head, pair ? null : details(row, main))];
  const beside = texts.map(([label, text, language], i) => textCell(label, language, text, (main.om || [])[i], pair ? [] : (main.od || [])[i], findings));
  // Two systems stand side by side, behind what they were made from; one translation stands beside its original.
  if (beside.length) cells.push(...(pair ? beside.splice(0) : [beside.shift()]));
  if (a) cells.push(textCell(name(a), lang, a.h, a.hm, pair ? ours : a.hd, a.f, several ? value(a, "quality") : undefined));
  if (b) cells.push(textCell(name(b), lang, b.h, b.hm, pair ? theirs : b.hd, b.f, value(b, "quality")));
  cells.push(...beside);
  const columns = Math.min(4, cells.length - 1);
  const told = make("td", { role: "cell", class: "told" });
  for (const each of made) told.append(findingList(each, pair ? name(each) : "") || "");
  const tr = make("tr", { role: "row", class: "segment", id: "s-" + row.n, tabindex: "-1" }, ...cells, told);
  return [tr, columns];
}
