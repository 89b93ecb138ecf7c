
"use strict";
(() => {
  const field = (id) => document.getElementById(id);
  // What is folded stands in `noscript`, which is one text with the script, until it is unfolded.
  const folded = (details) => Array.from(details.children).find((child) => child.localName === "noscript");
  const unpack = (details) => {
    const packed = folded(details);
    if (!packed) return;
    const template = document.createElement("template");
    template.innerHTML = packed.textContent;
    packed.replaceWith(template.content);
  };
  document.addEventListener("toggle", (event) => event.target.open && unpack(event.target), true);

  const copy = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };
  for (const code of document.querySelectorAll(".command code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", () => copy(button, code.textContent.trim()));
    code.after(button);
  }

  const groups = Array.from(document.querySelectorAll(".group"), (element) => {
    const { kind, cost, count, alike, position } = element.dataset;
    const [costs, counted, likeness, place] = [cost, count, alike, position].map(Number);
    const sources = (element.dataset.in ?? "").split(" ").filter(Boolean).map(Number);
    const shelf = element.closest(".shelf");
    return { element, shelf, kind, sources, cost: costs, count: counted, alike: likeness, position: place, text: null };
  });
  const opened = (group) => { unpack(group.element); group.element.open = true; };
  addEventListener("beforeprint", () => {
    const printed = groups.filter((group) => !group.element.hidden).slice(0, 20).filter((group) => !group.element.open);
    printed.forEach(opened);
    addEventListener("afterprint", () => printed.forEach((group) => { group.element.open = false; }), { once: true });
  });

  // Decisions are kept here while the page is open, and saved as a file.
  const review = field("review");
  const decisions = new Map(); // group -> { all, places }, the places by where they are
  const places = (group) => Array.from(group.querySelectorAll(".places li[data-at]"));
  const decidedOn = (group) => decisions.get(group) ?? { all: "", places: new Map() };
  const plural = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
  const button = (name, text, label) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", textContent: text });
    made.dataset.decide = name;
    made.setAttribute("aria-label", label);
    return made;
  };
  // Of what is unfolded, each place that can go gets its buttons.
  const offer = (group) => {
    const rows = places(group);
    if (!review || rows.length < 2 || group.querySelector(".decide")) return;
    const bar = (buttons) => {
      const made = document.createElement("span");
      made.className = "decide";
      made.append(...buttons);
      return made;
    };
    const list = rows[0].parentNode;
    list.before(bar([
      button("accept", "Remove the others", "Remove all but the kept one"),
      button("ignore", "Ignore", "Ignore this finding: nothing of it goes"),
    ]));
    for (const row of rows.slice(1)) {
      const name = row.querySelector("code").textContent;
      row.append(bar([
        button("remove", "Remove", `Remove ${name}`),
        button("keep", "Stay", `Let ${name} stay`),
        button("original", "Original", `Make ${name} the original`),
      ]));
    }
    showDecision(group);
  };
  const showDecision = (group) => {
    const { all, places: own } = decidedOn(group);
    const other = Array.from(own.values()).includes("original");
    for (const pressed of group.querySelectorAll("[data-decide]")) {
      const row = pressed.closest("li");
      pressed.setAttribute("aria-pressed", pressed.dataset.decide === (row ? own.get(row.dataset.at) ?? "" : all));
    }
    places(group).forEach((row, i) => {
      const decision = own.get(row.dataset.at);
      const goes = decision ? decision === "remove" : other || (all === "accept" && i > 0);
      row.classList.toggle("goes", goes);
    });
    let mark = group.querySelector("summary .mark");
    const words = { accept: "others go", ignore: "ignored" }[all] ?? (other ? "other original" : own.size ? `${own.size} decided` : "");
    if (words && !mark) {
      mark = document.createElement("span");
      mark.className = "mark";
      group.querySelector("summary .facts").append(mark);
    }
    if (words) mark.textContent = words; else mark?.remove();
  };
  const isPassage = (group) => group.dataset.kind !== "documents";
  const lines = () => {
    const paths = JSON.parse(review.dataset.paths);
    const named = (group, decision, at) => {
      const [source, record, start, end] = at.split(" ");
      const place = { what: "document", decision, source: paths[source], record: Number(record) };
      return start ? { ...place, what: "passage", start: Number(start), end: Number(end) } : place;
    };
    const inOrder = groups.map((group) => group.element).filter((group) => decisions.has(group));
    const said = inOrder.flatMap((group) => {
      const { all, places: own } = decisions.get(group);
      const ofGroup = all ? [named(group, all, decisions.get(group).first)] : [];
      return [...ofGroup, ...Array.from(own, ([at, decision]) => named(group, decision, at))];
    });
    return [{ schema: "doublon.decisions/1", version: review.dataset.version, undecided: field("undecided").value }, ...said];
  };
  let isSaved = true;
  const tellDecisions = () => {
    const count = decisions.size;
    const onPassages = Array.from(decisions.keys()).some(isPassage);
    field("decided").textContent = count ? `${plural(count, "finding")} decided${isSaved ? ", saved" : ""}.` : "Nothing is decided yet.";
    field("save").disabled = !count;
    const { command } = review.dataset;
    field("carry").hidden = !count || !command;
    field("carry").querySelector("code").textContent = `${command} --decisions decisions.jsonl${onPassages ? " --passages cut" : ""}`;
  };
  const decide = (group, row, decision) => {
    unpack(group);
    const rows = places(group);
    if (rows.length < 2 || row === rows[0]) return;
    const before = decidedOn(group);
    const own = new Map(before.places);
    let all = before.all;
    if (!row) {
      all = decision === all ? "" : decision;
      if (all === "ignore" || !decision) own.clear();
    } else {
      const { at } = row.dataset;
      if (all === "ignore") all = "";
      if (decision === "original") for (const [other, said] of own) if (said === "original") own.delete(other);
      if (before.places.get(at) === decision || !decision) own.delete(at); else own.set(at, decision);
    }
    if (all || own.size) decisions.set(group, { all, places: own, first: rows[0].dataset.at }); else decisions.delete(group);
    isSaved = false;
    showDecision(group);
    tellDecisions();
  };
  const save = () => {
    const text = lines().map((line) => `${JSON.stringify(line)}\n`).join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    link.download = "decisions.jsonl";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    isSaved = true;
    tellDecisions();
  };
  const showKeys = () => {
    const list = field("key-list");
    list.hidden = !list.hidden;
    field("keys").setAttribute("aria-expanded", !list.hidden);
  };
  // The next place of a finding: what is decided by a key is the one that has the focus.
  const goToPlace = (group, step) => {
    opened({ element: group });
    offer(group);
    const rows = places(group).slice(1);
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
    next?.querySelector("button")?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const reviewKey = (event) => {
    if (event.key === "?") { showKeys(); return true; }
    const group = document.activeElement?.closest(".group");
    if (!group) return false;
    const row = document.activeElement.closest("li[data-at]");
    const decision = { r: row ? "remove" : "accept", s: row ? "keep" : "ignore", i: "ignore", o: "original", u: "" }[event.key];
    if (event.key === "n" || event.key === "p") goToPlace(group, event.key === "n" ? 1 : -1);
    else if (decision === undefined || (decision === "original" && !row)) return false;
    else decide(group, decision === "ignore" ? null : row, decision);
    return true;
  };
  if (review) {
    review.hidden = false;
    document.addEventListener("toggle", (event) => event.target.matches?.(".group") && event.target.open && offer(event.target), true);
    document.addEventListener("click", (event) => {
      const pressed = event.target.closest?.("[data-decide]");
      if (pressed) decide(pressed.closest(".group"), pressed.closest("li"), pressed.dataset.decide);
    });
    field("save").addEventListener("click", save);
    field("undecided").addEventListener("change", () => { isSaved = false; tellDecisions(); });
    field("keys").addEventListener("click", showKeys);
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea")) return;
      if (reviewKey(event)) event.preventDefault();
    });
    addEventListener("beforeunload", (event) => { if (!isSaved) event.preventDefault(); });
    groups.filter((group) => group.element.open).forEach((group) => offer(group.element));
  }

  const tools = field("tools");
  const openTarget = () => {
    const target = location.hash.length > 1 && field(location.hash.slice(1));
    const group = groups.find((group) => group.element === target);
    if (!group) return false;
    opened(group);
    group.element.scrollIntoView();
    group.element.querySelector("summary").focus({ preventScroll: true });
    return true;
  };
  if (!tools) { addEventListener("hashchange", openTarget); openTarget(); return; }

  const [search, kind, sort, unfold, status, tree] = ["search", "kind", "sort", "unfold", "status", "tree"].map(field);
  const shelves = Array.from(document.querySelectorAll(".shelf"));
  const tabs = shelves.map((shelf) => field(`tab-${shelf.id}`));
  const links = tree ? Array.from(tree.querySelectorAll("a")) : [];
  const firstOrder = sort.value;
  // Each order ends in that of the input, so that it is the same whatever came before.
  const orders = {
    cost: (a, b) => b.cost - a.cost,
    count: (a, b) => b.count - a.count,
    unlike: (a, b) => a.alike - b.alike,
    alike: (a, b) => b.alike - a.alike,
    position: () => 0,
  };
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
  // Also of what is folded.
  const textOf = (group) => {
    if (group.text !== null) return group.text;
    const packed = folded(group.element);
    const inside = packed ? new DOMParser().parseFromString(packed.textContent, "text/html").body.textContent : "";
    const copy = (packed ? group.element.querySelector("summary") : group.element).cloneNode(true);
    copy.querySelectorAll(".decide, .mark").forEach((part) => part.remove());
    return group.text = plain(`${copy.textContent} ${inside}`);
  };
  const number = (n) => n.toLocaleString("en");

  const state = { tab: shelves[0]?.id, q: "", kind: "", in: "", sort: firstOrder };
  const range = () => /^(\d+)-(\d+)$/.exec(state.in)?.slice(1).map(Number);
  let words = [];
  let shown = [];
  const fits = (group, within) =>
    (!state.kind || group.kind === state.kind || (state.kind === "passages" && group.kind !== "documents")) &&
    (!within || group.sources.some((source) => source >= within[0] && source <= within[1])) &&
    words.every((word) => textOf(group).includes(word));

  // Hits are marked without touching the page, where the browser can.
  const mark = () => {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("search");
    if (!words.length) return;
    const hits = new Highlight();
    const fold = (text) => Array.from(text, (c) => c.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase() || c);
    for (const { element } of shown.slice(0, 100)) {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode;
        if (["noscript", "button"].includes(node.parentNode.localName)) continue;
        const folded = fold(node.data);
        const joined = folded.join("");
        // From places in the folded text to places in the text, where a letter may have become several.
        const starts = [];
        let at = 0;
        Array.from(node.data).forEach((c, i) => { for (let n = 0; n < folded[i].length; n++) starts.push(at); at += c.length; });
        starts.push(at);
        for (const word of words) {
          for (let hit = joined.indexOf(word); hit >= 0; hit = joined.indexOf(word, hit + word.length)) {
            const found = new Range();
            found.setStart(node, starts[hit]);
            found.setEnd(node, starts[hit + word.length]);
            hits.add(found);
          }
        }
      }
    }
    CSS.highlights.set("search", hits);
  };

  const show = () => {
    words = plain(state.q).split(" ").filter(Boolean);
    const within = range();
    const fitting = new Set(groups.filter((group) => fits(group, within)));
    const isFiltered = fitting.size < groups.length;
    for (const group of groups) group.element.hidden = !fitting.has(group);
    shelves.forEach((shelf, i) => {
      const here = groups.filter((group) => group.shelf === shelf && fitting.has(group)).length;
      const isShown = shelf.id === state.tab;
      shelf.hidden = !isShown;
      tabs[i].setAttribute("aria-selected", isShown);
      tabs[i].tabIndex = isShown ? 0 : -1;
      const count = tabs[i].querySelector("span");
      count.dataset.all ??= count.textContent;
      count.textContent = isFiltered ? number(here) : count.dataset.all;
    });
    shown = groups.filter((group) => group.shelf.id === state.tab && fitting.has(group));
    field("none").hidden = shown.length > 0;
    const listed = groups.filter((group) => group.shelf.id === state.tab).length;
    status.textContent = shown.length === listed ? `${number(listed)} listed` : `${number(shown.length)} of ${number(listed)} listed`;
    for (const link of links) {
      const isChosen = link.hash === `#in=${state.in}`;
      if (isChosen) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
    mark();
  };
  const arrange = () => {
    groups.sort((a, b) => orders[state.sort](a, b) || a.position - b.position);
    for (const shelf of shelves) {
      const list = shelf.querySelector(".groups");
      list.append(...groups.filter((group) => group.shelf === shelf).map((group) => group.element));
    }
  };

  // What is chosen stands in the address, so that a view can be kept and sent.
  const write = () => {
    const chosen = new URLSearchParams();
    for (const [key, value] of Object.entries(state)) {
      if (value && !(key === "tab" && value === shelves[0].id) && !(key === "sort" && value === firstOrder)) chosen.set(key, value);
    }
    history.replaceState(null, "", chosen.size ? `#${chosen}` : location.pathname + location.search);
  };
  const change = (values) => { Object.assign(state, values); write(); show(); };
  const read = () => {
    const hash = location.hash.slice(1);
    const target = hash && field(hash);
    const group = groups.find((group) => group.element === target);
    if (group) {
      const isHidden = !fits(group, range());
      Object.assign(state, isHidden ? { q: "", kind: "", in: "" } : {}, { tab: group.shelf.id });
      fill();
      show();
      openTarget();
      return;
    }
    if (shelves.includes(target)) { change({ tab: target.id }); field("tabs").scrollIntoView(); return; }
    if (!/^(tab|q|kind|in|sort)=/.test(hash)) return;
    const chosen = new URLSearchParams(hash);
    const { tab, q, kind: shownKind, in: within, sort: order } = Object.fromEntries(chosen);
    Object.assign(state, {
      tab: shelves.some((shelf) => shelf.id === tab) ? tab : shelves[0].id,
      q: q ?? "", kind: shownKind ?? "", in: within ?? "", sort: order in orders ? order : firstOrder,
    });
    fill();
    arrange();
    show();
  };
  const fill = () => {
    search.value = state.q;
    kind.value = state.kind;
    if (kind.selectedIndex < 0) { kind.value = ""; state.kind = ""; }
    sort.value = state.sort;
  };

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change({ q: search.value }), 120);
  });
  kind.addEventListener("change", () => change({ kind: kind.value }));
  sort.addEventListener("change", () => { state.sort = sort.value; arrange(); change({}); });
  field("reset").addEventListener("click", () => { change({ q: "", kind: "", in: "" }); fill(); search.focus(); });
  unfold.addEventListener("click", () => {
    const open = shown.some((group) => !group.element.open);
    for (const group of shown) if (open) opened(group); else group.element.open = false;
    unfold.textContent = open ? "Fold" : "Unfold";
    mark();
  });
  document.addEventListener("toggle", (event) => event.target.matches?.(".group") && words.length && mark(), true);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tabs.forEach((tab, i) => tab.addEventListener("click", () => change({ tab: shelves[i].id })));
  field("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.indexOf(document.activeElement);
    const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : at + (step ?? NaN);
    if (!(to >= 0 && to < tabs.length)) return;
    event.preventDefault();
    change({ tab: shelves[to].id });
    tabs[to].focus();
  });
  // A link of the tree changes that, and nothing else; a second time it takes the choice back.
  for (const link of links) {
    link.addEventListener("click", (event) => {
      const within = link.hash.slice("#in=".length);
      event.preventDefault();
      change({ in: within === state.in ? "" : within });
    });
  }
  const current = () => shown.findIndex((group) => group.element.contains(document.activeElement));
  const go = (step) => {
    const at = current();
    const next = shown[at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)];
    next?.element.querySelector("summary").focus();
    next?.element.scrollIntoView({ block: "nearest" });
  };
  addEventListener("hashchange", read);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target === search) { search.value = ""; change({ q: "" }); return; }
    if (event.target.closest?.("input, select, textarea")) return;
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    else if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
  });

  document.body.classList.add("tabbed");
  for (const shelf of shelves) {
    shelf.setAttribute("role", "tabpanel");
    shelf.setAttribute("aria-labelledby", `tab-${shelf.id}`);
    const fold = shelf.querySelector(".fold");
    if (fold) fold.open = true;
  }
  tools.hidden = field("tabs").hidden = false;
  if (tree) {
    tree.hidden = false;
    tree.open = matchMedia("(min-width: 62rem)").matches;
  }
  show();
  read();
})();
