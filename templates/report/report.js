
"use strict";
(() => {
  const tools = document.getElementById("tools");
  if (!tools) return;
  const list = document.getElementById("list");
  const field = (id) => document.getElementById(id);
  const [search, kind, type, scope, sort, unfold, status] =
    ["search", "kind", "class", "scope", "sort", "unfold", "status"].map(field);
  const groups = Array.from(list.children, (element) => {
    const { kind, class: type, rank, scope, cost, count, alike, position } = element.dataset;
    const [ranked, costs, counted, likeness, place] = [rank, cost, count, alike, position].map(Number);
    return { element, kind, type, scope, rank: ranked, cost: costs, count: counted, alike: likeness, position: place, text: null };
  });
  // Classes stay apart. Each order ends in that of the input, so that it is the same whatever came before.
  const orders = {
    cost: (a, b) => b.cost - a.cost,
    count: (a, b) => b.count - a.count,
    unlike: (a, b) => a.alike - b.alike,
    alike: (a, b) => b.alike - a.alike,
    position: () => 0,
  };
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
  const textOf = (group) => (group.text ??= plain(group.element.textContent));

  let shown = groups;
  const filter = () => {
    const words = plain(search.value).split(" ").filter(Boolean);
    shown = groups.filter((group) =>
      (!kind?.value || group.kind === kind.value) &&
      (!type?.value || group.type === type.value) &&
      (!scope.value || group.scope === scope.value) &&
      words.every((word) => textOf(group).includes(word)));
    const visible = new Set(shown);
    for (const group of groups) group.element.hidden = !visible.has(group);
    field("none").hidden = shown.length > 0;
    const number = (n) => n.toLocaleString("en");
    status.textContent = shown.length === groups.length
      ? `${number(groups.length)} listed`
      : `${number(shown.length)} of ${number(groups.length)} listed`;
  };
  const arrange = () => {
    groups.sort((a, b) => a.rank - b.rank || orders[sort.value](a, b) || a.position - b.position);
    list.append(...groups.map((group) => group.element));
    filter();
  };
  const reset = () => {
    search.value = scope.value = "";
    if (kind) kind.value = "";
    if (type) type.value = "";
    filter();
  };
  const current = () => shown.findIndex((group) => group.element.contains(document.activeElement));
  const go = (step) => {
    const at = current();
    const next = shown[at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)];
    next?.element.querySelector("summary").focus();
    next?.element.scrollIntoView({ block: "nearest" });
  };
  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const group = target && target.closest("details.group");
    if (!group) return;
    if (group.hidden) reset();
    group.open = true;
    group.scrollIntoView();
    group.querySelector("summary").focus({ preventScroll: true });
  };

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  for (const select of [kind, type, scope]) select?.addEventListener("change", filter);
  sort.addEventListener("change", arrange);
  field("reset").addEventListener("click", () => { reset(); search.focus(); });
  unfold.addEventListener("click", () => {
    const open = shown.some((group) => !group.element.open);
    for (const group of shown) group.element.open = open;
    unfold.textContent = open ? "Fold all" : "Unfold all";
  });
  tools.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", openTarget);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target === search) { search.value = ""; filter(); return; }
    if (event.target.closest?.("input, select, textarea")) return;
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    else if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
  });
  tools.hidden = false;
  filter();
  openTarget();
})();
