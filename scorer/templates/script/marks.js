// One text with its marks.

function stretches(text, marks, differs, findings) {
  const there = marks.filter((mark) => counts(findings[mark[2]])).sort((a, b) => a[0] - b[0]);
  const edges = new Set([0, text.length]);
  for (const [start, end] of [...there, ...differs]) { edges.add(start); edges.add(end); }
  const ends = [...edges].sort((a, b) => a - b), made = [];
  let coming = 0, open = [], d = 0;
  for (let i = 0; i + 1 < ends.length; i++) {
    const [start, end] = [ends[i], ends[i + 1]];
    while (coming < there.length && there[coming][0] <= start) open.push(there[coming++]);
    open = open.filter((mark) => mark[1] > start);
    while (d < differs.length && differs[d][1] <= start) d++;
    const isOther = d < differs.length && differs[d][0] <= start;
    const known = [...new Set(open.map((mark) => mark[2]))].sort((a, b) => a - b);
    const last = made.at(-1), same = last && last.isOther === isOther && String(last.known) === String(known);
    if (same) last.end = end; else made.push({ start, end, known, isOther });
  }
  return made;
}

function worstOf(known, findings) {
  // What was found comes before what is suspected, and the critical before the minor.
  return [...known].sort((a, b) => findings[a][3] - findings[b][3] || findings[a][0] - findings[b][0])[0];
}

function said(finding) {
  return `${finding[3] ? "suspected " : ""}${SEVERITIES[finding[0]]} ${data.checks[finding[1]]}: ${finding[2]}`;
}

function kindOf(stretch, findings) {
  if (!stretch.known.length) return "";
  const worst = findings[worstOf(stretch.known, findings)];
  return worst[3] ? "suspected" : SEVERITIES[worst[0]];
}

function pieces(text, run, kind, findings) {
  const parts = run.map((stretch) => {
    const part = text.slice(stretch.start, stretch.end);
    return stretch.isOther ? make("u", null, part) : document.createTextNode(part);
  });
  if (!kind) return parts;
  const known = [...new Set(run.flatMap((stretch) => stretch.known))];
  const title = known.slice(0, 5).map((i) => said(findings[i]).slice(0, 300)).join("; ");
  return [make("mark", { class: kind, title }, ...parts)];
}

function fill(box, text, marks, differs, findings, everything) {
  box.replaceChildren();
  let [start, end] = [0, text.length];
  if (end > LONG && !everything) {
    const first = Math.min(...marks.map((mark) => mark[0]), text.length);
    start = Math.max(0, Math.min(first === text.length ? 0 : first - LONG / 3, text.length - LONG)) | 0;
    end = start + LONG;
    if (/[\udc00-\udfff]/.test(text[start])) start--;
    if (/[\udc00-\udfff]/.test(text[end] || "")) end--;
  }
  if (start) box.append("…");
  // Neighbours of one kind are one mark, with one letter.
  let run = [], kind = "";
  for (const stretch of stretches(text, marks, differs, findings)) {
    if (stretch.end <= start || stretch.start >= end) continue;
    const next = kindOf(stretch, findings);
    if (next !== kind) { box.append(...pieces(text, run, kind, findings)); run = []; kind = next; }
    run.push({ ...stretch, start: Math.max(start, stretch.start), end: Math.min(end, stretch.end) });
  }
  box.append(...pieces(text, run, kind, findings));
  if (start || end < text.length) {
    const all = make("button", { type: "button", class: "more" }, `all ${wholes.format(text.length)} characters`);
    all.addEventListener("click", () => fill(box, text, marks, differs, findings, true));
    box.append(end < text.length ? "… " : " ", all);
  }
  if (!text) box.append(make("span", { class: "nothing" }, "(nothing)"));
}

function textCell(label, language, text, marks, differs, findings, score) {
  const box = make("div", { class: "text", dir: "auto", lang: language });
  fill(box, text, marks || [], differs || [], findings || [], printing);
  const head = make("div", { class: "label" }, make("bdi", null, label), score === undefined ? null : badge(score));
  return make("td", { role: "cell" }, head, box);
}
