"use strict";
// Lists the columns: search, filters, order. Texts only ever become text nodes, never HTML.
(() => {
  const STEP = 200; // rows that are shown at a time
  const PAPER = 3000; // rows that are printed at most
  const LOOKS = { "direct": "direct", "quasi": "quasi", "free text": "free", "unknown": "unknown", "none": "none" };
  const HEADS = [
    ["table", "Table"], ["column", "Column"], ["verdict", "Verdict"], ["entity", "Kind of data"],
    ["share", "Share of values"], ["why", "Why"], ["examples", "Masked examples"], ["decision", "Decision"],
  ];
  const MORE = [
    ["evidence", "Evidence"], ["whySuggested", "Why suggested"], ["type", "Type"], ["state", "State"],
    ["declaredBy", "Declared by"], ["copyOf", "Copy of"], ["by", "Decided by"], ["when", "Decided on"], ["note", "Note"],
  ];

  const raw = JSON.parse(document.getElementById("data").textContent);
  const texts = raw.texts;
  const place = Object.fromEntries(raw.fields.map((name, at) => [name, at]));
  const firstNumber = raw.fields.length - raw.numbers;
  const value = (row, name) => (place[name] < firstNumber ? texts[row[place[name]]] : row[place[name]]);
  const full = (row) => (value(row, "schema") ? value(row, "schema") + "." : "") + value(row, "table");
  const dark = (row) => (value(row, "status") === "scanned" && value(row, "verdict") === "unknown" ? "unknown" : value(row, "status"));
  const SEARCHED = ["schema", "table", "column", "entity", "why", "type", "note", "copyOf", "evidence", "state"];
  const low = texts.map((text) => text.toLowerCase());
  const rows = raw.rows;
  const verdicts = Object.keys(LOOKS);
  const counter = new Intl.NumberFormat("en");

  const make = (name, options = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, set] of Object.entries(options)) {
      if (key === "class") made.className = set;
      else if (key === "on") for (const [event, act] of Object.entries(set)) made.addEventListener(event, act);
      else if (set !== false) made.setAttribute(key, set === true ? "" : set);
    }
    made.append(...children);
    return made;
  };
  const named = (text) => make("bdi", {}, text);
  const unique = (get) => [...new Set(rows.map(get))].filter(Boolean).sort();
  const choice = (label, options, any = "any") => {
    const select = make("select", {}, make("option", { value: "" }, any));
    for (const [set, shown] of options) select.append(make("option", { value: set }, shown));
    return [make("label", {}, label, select), select];
  };
  const same = (words) => words.map((word) => [word, word]);

  // The tools above the list.
  const search = make("input", { type: "search", autocomplete: "off", spellcheck: "false", placeholder: "words in names, kinds, reasons" });
  const table = make("input", { type: "search", autocomplete: "off", spellcheck: "false", list: "all-tables", placeholder: "any" });
  const tables = make("datalist", { id: "all-tables" }, ...unique(full).map((name) => make("option", { value: name })));
  const [entityLabel, entity] = choice("Kind of data", same(unique((row) => value(row, "entity"))));
  const [decisionLabel, decision] = choice("Decision", [
    ["open", "open"], ["decided", "decided"], ["differs", "differs from the suggestion"],
    ...unique((row) => value(row, "decision")).map((word) => ["=" + word, "decided: " + word]),
    ...unique((row) => value(row, "suggested")).map((word) => ["~" + word, "suggested: " + word]),
  ]);
  const [stateLabel, state] = choice("State", [["scanned", "values read"], ["empty", "empty"], ["skipped", "skipped"],
    ["failed", "failed"], ["unknown", "read, but unknown"]]);
  const boxes = verdicts.map((word) => make("input", { type: "checkbox", value: word }));
  const chips = make("fieldset", { class: "chips" }, make("legend", {}, "Verdicts"),
    ...boxes.map((box, at) => make("label", {}, box, make("span", { class: "mark " + LOOKS[verdicts[at]] }, verdicts[at]))));
  const reset = make("button", { type: "button" }, "Reset");
  const tools = make("div", { class: "tools", role: "search" }, make("label", {}, "Search", search),
    make("label", {}, "Table", table), entityLabel, decisionLabel, stateLabel, reset, tables);
  const count = make("p", { class: "count", role: "status" });
  const printed = make("p", { class: "printed" });

  // The list.
  const heads = HEADS.map(([name, label]) => {
    const head = make("th", { scope: "col", class: "c-" + name });
    head.append(make("button", { type: "button", on: { click: () => order(name) } }, label));
    return head;
  });
  const body = make("tbody");
  const list = make("table", { class: "grid list", "aria-label": "All columns" }, make("thead", {}, make("tr", {}, ...heads)), body);
  const further = make("button", { type: "button", class: "more-rows" }, "Show more");
  const nothing = make("p", { class: "nothing", hidden: true }, "No column is like that: change or reset the filters.");
  document.getElementById("list").append(tools, chips, count, printed,
    make("div", { class: "wide", role: "region", tabindex: "0", "aria-label": "All columns" }, list, nothing), further);

  let found = rows;
  let shown = 0;
  let sorted = "";
  let upwards = true;

  const matches = (row, words) => words.every((word) => SEARCHED.some((name) => low[row[place[name]]].includes(word)));
  const decided = (row, wanted) => {
    const [made, suggested] = [value(row, "decision"), value(row, "suggested")];
    if (wanted === "open") return !made && value(row, "verdict") !== "none";
    if (wanted === "decided") return Boolean(made);
    if (wanted === "differs") return Boolean(made) && made !== suggested;
    return wanted.startsWith("=") ? made === wanted.slice(1) : suggested === wanted.slice(1);
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const part = table.value.trim().toLowerCase();
    const exact = rows.some((row) => full(row).toLowerCase() === part);
    found = rows.filter((row) =>
      (!wanted.size || wanted.has(value(row, "verdict")))
      && (!part || (exact ? full(row).toLowerCase() === part : full(row).toLowerCase().includes(part)))
      && (!entity.value || value(row, "entity") === entity.value)
      && (!decision.value || decided(row, decision.value))
      && (!state.value || dark(row) === state.value)
      && matches(row, words));
    sort();
    draw();
  };

  const rank = {
    verdict: (row) => verdicts.indexOf(value(row, "verdict")),
    share: (row) => -value(row, "low") * 1e6 - value(row, "high"),
    decision: (row) => value(row, "decision") || "~" + value(row, "suggested"),
    table: full,
  };
  const sort = () => {
    if (!sorted) return;
    const key = rank[sorted] || ((row) => value(row, sorted));
    const keyed = found.map((row) => [key(row), row]);
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    keyed.sort(([a], [b]) => (typeof a === "number" ? a - b : compare(a, b)) * (upwards ? 1 : -1));
    found = keyed.map(([, row]) => row);
  };
  const order = (name) => {
    upwards = sorted === name ? !upwards : true;
    sorted = name;
    heads.forEach((head, at) => {
      if (HEADS[at][0] === name) head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    filter();
  };

  const interval = (row) => {
    const [from, to] = [value(row, "low"), value(row, "high")];
    if (from < 0) return "";
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 100 10");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const look = LOOKS[value(row, "verdict")];
    const parts = [["rest", 0, 100], [look, 0, from * 100], [look + " maybe", from * 100, Math.max((to - from) * 100, 1)]];
    for (const [look, x, width] of parts) {
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [key, set] of [["class", look], ["x", Math.min(x, 99)], ["width", width], ["y", 0], ["height", 10]]) rect.setAttribute(key, set);
      svg.append(rect);
    }
    return svg;
  };

  const cell = (label, ...children) => make("td", { "data-label": label }, ...children);
  const line = (row) => {
    const opener = make("button", { type: "button", class: "open", "aria-expanded": "false" }, named(value(row, "column")));
    const tr = make("tr", { class: "row" });
    opener.addEventListener("click", () => unfold(tr, row, opener));
    const made = value(row, "decision");
    const suggested = value(row, "suggested");
    tr.append(
      cell("Table", named(full(row))),
      make("th", { scope: "row" }, opener),
      cell("Verdict", make("span", { class: "mark " + LOOKS[value(row, "verdict")] }, value(row, "verdict"))),
      cell("Kind of data", value(row, "entity"), ...(value(row, "sure") ? [" ", make("span", { class: "soft" }, value(row, "sure"))] : [])),
      cell("Share of values", interval(row), value(row, "share")),
      cell("Why", value(row, "why")),
      make("td", { "data-label": "Examples", class: "sample" }, named(value(row, "examples"))),
      cell("Decision", made ? make("strong", {}, made) : make("span", { class: "soft" }, suggested ? "(" + suggested + ")" : "")),
    );
    return tr;
  };
  const unfold = (tr, row, opener) => {
    const open = opener.getAttribute("aria-expanded") === "true";
    opener.setAttribute("aria-expanded", String(!open));
    if (open) return tr.nextElementSibling.remove();
    const told = make("dl");
    for (const [name, label] of MORE) {
      if (value(row, name)) told.append(make("dt", {}, label), make("dd", {}, named(value(row, name))));
    }
    told.append(make("dt", {}, "Score"), make("dd", {}, String(value(row, "score"))));
    tr.after(make("tr", { class: "more" }, make("td", { colspan: String(HEADS.length) }, told)));
  };

  const upTo = (end) => {
    const next = found.slice(shown, end);
    body.append(...next.map(line));
    shown += next.length;
    further.hidden = shown >= found.length;
    further.textContent = "Show more (" + counter.format(found.length - shown) + " left)";
    count.textContent = found.length === rows.length
      ? counter.format(rows.length) + " columns"
      : counter.format(found.length) + " of " + counter.format(rows.length) + " columns";
    nothing.hidden = found.length > 0;
  };
  const draw = () => {
    body.replaceChildren();
    shown = 0;
    upTo(STEP);
  };

  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); };
  for (const input of [search, table]) input.addEventListener("input", soon);
  for (const input of [entity, decision, state, ...boxes]) input.addEventListener("change", filter);
  const clear = () => {
    for (const input of [search, table, entity, decision, state]) input.value = "";
    for (const box of boxes) box.checked = false;
  };
  reset.addEventListener("click", () => { clear(); filter(); search.focus(); });
  further.addEventListener("click", () => upTo(shown + STEP));
  if ("IntersectionObserver" in window) {
    new IntersectionObserver(([seen]) => { if (seen.isIntersecting && shown < found.length) upTo(shown + STEP); },
      { rootMargin: "400px" }).observe(further);
  }
  // Tiles, tables and counts elsewhere on the page lead to their columns.
  document.addEventListener("click", (event) => {
    const leading = event.target.closest("[data-field]");
    if (!leading) return;
    clear();
    const { field, value: wanted } = leading.dataset;
    if (field === "verdict") boxes.find((box) => box.value === wanted).checked = true;
    else ({ table, state })[field].value = wanted;
    search.value = leading.dataset.search || "";
    filter();
    document.getElementById("columns").scrollIntoView();
    search.focus({ preventScroll: true });
  });
  // Paper takes what the filters leave, up to a bound that it says.
  window.addEventListener("beforeprint", () => {
    if (shown < Math.min(found.length, PAPER)) upTo(PAPER);
    printed.textContent = shown < found.length
      ? "Printed: the first " + counter.format(shown) + ". Filter the list to print others." : "";
  });

  draw();
})();
