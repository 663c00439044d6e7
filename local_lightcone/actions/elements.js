// What a person could point at on this page, and where. Runs in a world of its own: the page's scripts cannot answer
// in its stead, though its elements' names may shadow properties, so everything is read through prototypes or caught.
(most, milliseconds) => {
  const LONGEST_NAME = 500, GRIDS = [160, 80, 40], DEEPEST = 8;
  const INTERACTIVE = "a[href],button,input,textarea,select,summary,label,[role],[onclick],[contenteditable],[tabindex]";
  const WANTED = INTERACTIVE + ",h1,h2,h3,h4,h5,h6,img";
  const TOUCHING = .25, WALKING = .6, HITTING = .7, SEEING = .9;  // parts of the time
  const ROLES = { searchbox: "textbox", "menuitemcheckbox": "menuitem", "menuitemradio": "menuitem", image: "img" };
  const SILENT = ["none", "presentation", "generic", "group", "region", "document", "application", "main", "form"];
  const BUTTONS = ["button", "submit", "reset", "image"];
  const begun = performance.now();
  const width = innerWidth, height = innerHeight;
  const found = new Map(), passed = new Set();
  let partial = false, late = false;

  const plain = (text) => (text || "").replace(/\s+/g, " ").trim().slice(0, LONGEST_NAME);
  const attribute = (element, name) => Element.prototype.getAttribute.call(element, name);
  const past = (part) => performance.now() - begun > milliseconds * part;

  const role = (element) => {
    const tag = element.localName, given = (attribute(element, "role") || "").trim().split(/\s+/)[0].toLowerCase();
    if (given && !SILENT.includes(given)) return ROLES[given] || given;
    if (tag === "a" && element.hasAttribute("href")) return "link";
    if (tag === "button" || tag === "summary") return "button";
    if (tag === "input") {
      const type = element.type;
      if (type === "hidden") return null;
      if (BUTTONS.includes(type)) return "button";
      if (type === "checkbox" || type === "radio") return type;
      if (type === "range" || type === "file" || type === "color") return type;
      return "textbox";
    }
    if (tag === "textarea") return "textbox";
    if (tag === "select") return element.multiple || element.size > 1 ? "listbox" : "combobox";
    if (tag === "label") return "label";
    if (/^h[1-6]$/.test(tag)) return "heading";
    if (tag === "img") return "img";
    if (element.isContentEditable && !(element.parentElement && element.parentElement.isContentEditable)) return "textbox";
    if (element.hasAttribute("onclick") || Number(attribute(element, "tabindex") ?? -1) >= 0) return "clickable";
    return "";
  };

  const hasText = (element) => {
    for (let child = element.firstChild; child; child = child.nextSibling)
      if (child.nodeType === 3 && child.data.trim()) return true;
    return false;
  };

  const names = (element, kind) => {
    const all = [];
    const add = (text) => { text = plain(text); if (text && !all.includes(text)) all.push(text); };
    const root = element.getRootNode();
    const fields = ["textbox", "combobox", "listbox", "checkbox", "radio", "range", "file", "color"];
    if (element.localName === "input" && BUTTONS.includes(element.type)) add(element.value || element.type);
    if (!fields.includes(kind) || !("labels" in element)) {
      if (kind !== "textbox") add(element.innerText);
    } else for (const label of element.labels || []) add(label.innerText);
    for (const id of (attribute(element, "aria-labelledby") || "").split(/\s+/).filter(Boolean))
      add(root.getElementById && root.getElementById(id)?.innerText);
    for (const name of ["aria-label", "placeholder", "alt", "title"]) add(attribute(element, name));
    if (!all.length) for (const inner of element.querySelectorAll("[aria-label],[alt],title")) {
      add(attribute(inner, "aria-label") || attribute(inner, "alt") || inner.textContent);
      if (all.length) break;
    }
    for (const name of ["name", "id"]) add(attribute(element, name));
    return all;
  };

  // Where to point: the first place of the element inside the picture that nothing else covers.
  const place = (element, frame) => {
    const box = element.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) return null;
    const [left, top] = [Math.max(box.left, -frame.x), Math.max(box.top, -frame.y)];
    const [right, bottom] = [Math.min(box.right, width - frame.x), Math.min(box.bottom, height - frame.y)];
    const inside = right - left >= Math.min(4, box.width) && bottom - top >= Math.min(4, box.height);
    if (!inside) return { x: box.left + box.width / 2 + frame.x, y: box.top + box.height / 2 + frame.y, seen: false, covered: false };
    const middle = { x: (left + right) / 2 + frame.x, y: (top + bottom) / 2 + frame.y, seen: true, covered: false };
    if (past(HITTING)) return middle;  // a page of many elements takes long to say what is at a point
    for (const [across, down] of [[.5, .5], [.25, .5], [.75, .5], [.5, .25], [.5, .75], [.1, .5], [.9, .5]]) {
      const x = left + (right - left) * across, y = top + (bottom - top) * down;
      const hit = element.getRootNode().elementFromPoint(x, y);
      const label = element.labels && [...element.labels].some((one) => one.contains(hit));
      if (hit && (hit === element || element.contains(hit) || label || (hit.contains(element) && !hit.matches("dialog,[aria-modal]"))))
        return { x: x + frame.x, y: y + frame.y, seen: true, covered: false };
    }
    return { ...middle, covered: true };
  };

  const record = (element, frame) => {
    let kind = role(element), shown = element;
    if (kind === null || kind === "label" && element.control) return;
    if (!kind) {
      if (!hasText(element) || element.closest(INTERACTIVE.replace(",[role]", ""))) return;
    }
    if (["checkbox", "radio", "file"].includes(kind) && element.labels?.length &&
        (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || element.getBoundingClientRect().width < 3))
      shown = element.labels[0];  // drawn by its label
    if (!shown.checkVisibility({ visibilityProperty: true })) return;
    const where = place(shown, frame);
    if (!where) return;
    if (!kind && where.seen && getComputedStyle(element).cursor === "pointer") kind = "clickable";
    const called = names(element, kind);
    for (let outer = element.parentElement, deep = 0; outer && deep < DEEPEST; outer = outer.parentElement, deep++) {
      const known = found.get(outer);
      if (!known || known[2][0] !== called[0]) continue;
      if (kind && kind !== "heading" || !known[0]) { if (known[0] !== "heading") found.delete(outer); }
      else if (kind !== "heading") return;
    }
    found.set(element, [
      kind, element.localName, called, where.x, where.y, where.seen, where.covered,
      element.checked === true || attribute(element, "aria-checked") === "true",
      kind === "textbox" && !!(element.value || (element.isContentEditable && element.innerText.trim())),
      element.disabled === true || attribute(element, "aria-disabled") === "true",
      element.localName === "select" ? plain([...element.selectedOptions].map((one) => one.text).join(", ")) : "",
    ]);
  };

  const visit = (element, frame) => {
    if (passed.has(element)) return;
    passed.add(element);
    if (element.localName === "body" || element.localName === "html") return;
    try { record(element, frame); } catch { /* a shadowed property: this one stays unseen */ }
  };

  const inner = (element, frame, use) => {
    if (element.shadowRoot) use(element.shadowRoot, frame);
    if (element.localName !== "iframe" && element.localName !== "frame") return;
    let page = null;
    try { page = element.contentDocument; } catch { /* another origin's */ }
    if (!page) { partial = true; return; }
    const box = element.getBoundingClientRect();
    use(page, { x: frame.x + box.left + element.clientLeft, y: frame.y + box.top + element.clientTop });
  };

  // First what lies on top in the picture, by touching it here and there; then what else is in it; then the rest.
  const touch = (root, frame) => {
    for (const grid of GRIDS) for (let y = grid / 4; y < height; y += grid)
      for (let x = grid / 2; x < width; x += grid) {
        if (past(TOUCHING)) return;
        const hit = root.elementFromPoint(x - frame.x, y - frame.y);
        for (let element = hit; element && !passed.has(element); element = element.parentElement) {
          visit(element, frame);
          inner(element, frame, touch);
        }
      }
  };

  const walk = (root, frame) => {
    const nodes = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
    while (nodes.nextNode()) {
      if (past(WALKING)) { late = true; return; }
      const element = nodes.currentNode;
      try {
        inner(element, frame, walk);
        if (!Element.prototype.matches.call(element, WANTED) && !hasText(element)) continue;
        const box = Element.prototype.getBoundingClientRect.call(element);
        const [left, top] = [box.left + frame.x, box.top + frame.y];
        (left < width && top < height && left + box.width > 0 && top + box.height > 0 ? near : far).push([element, frame]);
      } catch { /* likewise */ }
    }
  };

  const near = [], far = [];
  try { touch(document, { x: 0, y: 0 }); } catch { /* what it would have found first is found later */ }
  try { walk(document, { x: 0, y: 0 }); } catch { partial = true; }
  for (const [list, part] of [[near, SEEING], [far, 1]])
    for (const [element, frame] of list) {
      if (found.size > most) { partial = true; break; }
      if (past(part)) { late = true; break; }
      visit(element, frame);
    }
  const all = [...found.values()], seen = all.filter((one) => one[5]), rest = all.filter((one) => !one[5]);
  const nodes = [...seen, ...rest].slice(0, most);
  return { width, height, title: plain(document.title), url: location.href.slice(0, 2000), nodes, late,
           partial: partial || late || nodes.length < all.length };
}
