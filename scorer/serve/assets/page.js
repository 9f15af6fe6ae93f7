// The page's behaviour. Whatever comes from texts, files or the server goes into the page as text, never as markup.

const find = (id) => document.getElementById(id);
const form = find("form");
const HISTORY = "scorer-history";
const KEPT = 50;
const WORDS = { "": "Waiting", align: "Pairing the segments", score: "Scoring the segments" };

let current = null; // the job under way: its id and its stream of events

// Files chosen or dropped.

function tell(name) {
  const input = find(`${name}-file`);
  const files = [...input.files];
  const box = document.querySelector(`[data-chosen="${name}"]`);
  box.textContent = files.map((file) => `${file.name}, ${file.size.toLocaleString("en")} bytes`).join("; ");
  document.querySelector(`[data-clear="${name}"]`).hidden = files.length === 0;
  find(name).disabled = files.length > 0 && name !== "reference";
}

function choose(name, files) {
  const carried = new DataTransfer();
  for (const file of files) carried.items.add(file);
  find(`${name}-file`).files = carried.files;
  tell(name);
}

function drop(event) {
  event.preventDefault();
  mark(null);
  const files = [...event.dataTransfer.files];
  const box = event.target.closest?.("[data-text]");
  if (files.length === 0) return;
  if (box?.dataset.text === "reference") choose("reference", files);
  else if (files.length === 1) choose(box?.dataset.text ?? (find("a-file").files.length || find("a").value ? "b" : "a"), files);
  else {
    choose("a", files.slice(0, 1));
    choose("b", files.slice(1, 2));
    if (files.length > 2) choose("reference", files.slice(2));
  }
  find("submit").focus();
}

function mark(box) {
  for (const each of document.querySelectorAll(".over")) each.classList.remove("over");
  box?.classList.add("over");
}

function carries(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  mark(event.target.closest?.("[data-text]") ?? document.body);
});
addEventListener("dragleave", (event) => event.relatedTarget === null && mark(null));
addEventListener("drop", (event) => carries(event) && drop(event));

for (const name of ["a", "b", "reference"]) {
  find(`${name}-file`).addEventListener("change", () => tell(name));
  document.querySelector(`[data-clear="${name}"]`).addEventListener("click", () => {
    choose(name, []);
    find(`${name}-file`).focus();
  });
}
form.addEventListener("reset", () => setTimeout(() => {
  for (const name of ["a", "b", "reference"]) tell(name);
  fail("");
}));

// One comparison: asked for, followed, shown.

function fail(message) {
  find("error").textContent = message;
  if (message) find("error").focus();
}

function busy(is) {
  find("submit").disabled = is;
  find("cancel").hidden = !is;
  find("progress").hidden = !is;
  if (!is) find("bar").removeAttribute("value");
}

function say(text) {
  find("stage").textContent = text;
  if (find("status").textContent !== text) find("status").textContent = text;
}

function body() {
  const content = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File ? value.name !== "" || value.size > 0 : value !== "") content.append(name, value);
  }
  return content;
}

function size(content) {
  const encoder = new TextEncoder();
  return [...content.values()].reduce((n, value) => n + (value instanceof File ? value.size : encoder.encode(value).length), 0);
}

async function problem(response) {
  try {
    const said = await response.json();
    const later = response.headers.get("Retry-After");
    return (said.detail ?? response.statusText) + (later ? ` (in about ${later} s)` : "");
  } catch {
    return `The server answered ${response.status}.`;
  }
}

function names() {
  const called = (name) => find(`${name}-file`).files[0]?.name ?? find(name).value.trim().split("\n", 1)[0].slice(0, 40);
  return `${called("a")} / ${called("b")}`;
}

async function compare(event) {
  event.preventDefault();
  if (current) return;
  fail("");
  const content = body();
  for (const name of ["a", "b"]) {
    if (!content.has(name)) {
      fail(`Text ${name.toUpperCase()} is missing: paste it, or choose a file.`);
      return;
    }
  }
  if (size(content) > Number(document.body.dataset.maxBytes)) {
    fail("The texts are larger than this server takes; send less at a time.");
    return;
  }
  const called = names();
  current = { id: null, stream: null };
  busy(true);
  say("Sending the texts");
  try {
    const response = await fetch("/v1/compare?wait=false", { method: "POST", body: content });
    if (response.status === 401) unlock();
    if (!response.ok) throw new Error(await problem(response));
    follow(await response.json(), called);
  } catch (error) {
    end(error instanceof TypeError ? "The server cannot be reached." : error.message);
  }
}

function follow(job, called) {
  if (!current) return;
  current.id = job.id;
  current.stream = new EventSource(`/v1/jobs/${encodeURIComponent(job.id)}/events`);
  current.stream.addEventListener("queued", (event) => {
    const { waiting } = JSON.parse(event.data);
    say(waiting ? `Waiting: ${waiting} before you` : "Waiting for a worker");
  });
  current.stream.addEventListener("running", (event) => {
    const { stage, done, total } = JSON.parse(event.data).progress;
    say(WORDS[stage] ?? stage);
    if (total) find("bar").value = done / total;
    else find("bar").removeAttribute("value");
  });
  current.stream.addEventListener("done", (event) => {
    const { id, verdict } = JSON.parse(event.data);
    end("");
    remember({ id, verdict, called, time: Date.now() });
    show(id, verdict);
  });
  current.stream.addEventListener("failed", (event) => {
    const { problem: said } = JSON.parse(event.data);
    end(said.status === 409 ? "" : said.detail);
  });
  current.stream.onerror = () => {
    if (current?.stream?.readyState === EventSource.CLOSED) end("The server cannot be reached.");
  };
}

function end(message) {
  current?.stream?.close();
  current = null;
  busy(false);
  say(message ? "" : "Done");
  fail(message);
}

async function cancel() {
  const id = current?.id;
  end("");
  say("Cancelled");
  find("submit").focus();
  if (id) await fetch(`/v1/jobs/${encodeURIComponent(id)}`, { method: "DELETE" }).catch(() => {});
}

function show(id, verdict) {
  const address = `/v1/jobs/${encodeURIComponent(id)}/report`;
  find("report").src = `${address}?format=html`;
  find("save-html").href = `${address}?format=html&download=true`;
  find("save-json").href = `${address}?format=json&download=true`;
  find("open").href = `${address}?format=html`;
  find("verdict").textContent = verdict;
  find("result").hidden = false;
  find("result-title").focus();
  find("result").scrollIntoView({ block: "start" });
}

form.addEventListener("submit", compare);
find("cancel").addEventListener("click", cancel);

// The history: in this tab's own storage, and nowhere else.

function remembered() {
  try {
    const list = JSON.parse(sessionStorage.getItem(HISTORY) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function store(list) {
  try {
    sessionStorage.setItem(HISTORY, JSON.stringify(list.slice(0, KEPT)));
  } catch {
    // Storage may be switched off or full; the report itself is shown all the same.
  }
  draw();
}

function remember(entry) {
  store([entry, ...remembered()]);
}

function draw() {
  const list = remembered();
  find("history-empty").hidden = list.length > 0;
  find("forget").hidden = list.length === 0;
  find("history").replaceChildren(...list.map((entry) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const about = document.createElement("span");
    button.type = "button";
    button.className = "quiet";
    button.dir = "auto";
    button.textContent = entry.called;
    about.textContent = ` ${new Date(entry.time).toLocaleTimeString()}: ${entry.verdict}`;
    button.addEventListener("click", () => again(entry));
    item.append(button, about);
    return item;
  }));
}

async function again(entry) {
  fail("");
  const response = await fetch(`/v1/jobs/${encodeURIComponent(entry.id)}`).catch(() => null);
  if (response?.ok) {
    show(entry.id, entry.verdict);
    return;
  }
  if (response?.status === 404) store(remembered().filter((each) => each.id !== entry.id));
  fail(response?.status === 404 ? "The server has let go of that report; compare the texts again." : "The server cannot be reached.");
}

find("forget").addEventListener("click", () => {
  for (const entry of remembered()) fetch(`/v1/jobs/${encodeURIComponent(entry.id)}`, { method: "DELETE" }).catch(() => {});
  store([]);
  find("result").hidden = true;
  find("report").removeAttribute("src");
  find("submit").focus();
});

// Examples.

for (const button of document.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => {
    const { a, b } = button.parentElement.querySelector("template").dataset;
    form.reset();
    setTimeout(() => {
      find("a").value = a;
      find("b").value = b;
      find("submit").focus();
      form.scrollIntoView({ block: "start" });
    });
  });
}

// The token.

function unlock() {
  find("unlock").hidden = false;
  find("token").focus();
}

find("unlock").addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch("/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token: find("token").value }),
  }).catch(() => null);
  find("token").value = "";
  find("unlock").hidden = response?.ok ?? false;
  find("unlock-error").textContent = response?.ok ? "" : response ? await problem(response) : "The server cannot be reached.";
  (response?.ok ? find("a") : find("token")).focus();
});

for (const name of ["a", "b", "reference"]) tell(name);
draw();
