// Runs once, when the source panel is there. What is clicked in answers, in the panel and in the
// sidebar are links; here they become events of the panel.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const stacked = matchMedia("(max-width: 899px)"); // as in style.css
const byNumber = /^#([a-z]+)-(\d+)-(\d+)$/;
let clicked = false;

// -- the source panel shows the quote that was asked for

const reveal = () => {
  const mark = element.querySelector('mark[aria-current="true"]');
  if (stacked.matches) {
    // The panel lies below the chat: go there only when somebody asked for it.
    if (clicked) {
      (mark || element).scrollIntoView({
        block: mark ? "center" : "start",
        behavior: still.matches ? "auto" : "smooth",
      });
    }
  } else {
    const box = element.closest("#source");
    const top = box.getBoundingClientRect().top;
    box.scrollTop = mark
      ? box.scrollTop + mark.getBoundingClientRect().top - top - box.clientHeight / 3
      : 0;
  }
  clicked = false;
};
watch("value", reveal);

const openQuote = (link, sent) => {
  clicked = true;
  // What is open already does not change, unless its article has, so nobody would be called back.
  const href = link.getAttribute("href");
  if (element.querySelector(".source")?.dataset.shows === href) {
    reveal();
    for (const mark of element.querySelectorAll('mark[aria-current="true"]')) {
      for (const flash of mark.getAnimations()) { flash.cancel(); flash.play(); }
    }
  }
  trigger("open", sent);
};

// -- links that do something

const copied = (link) => {
  const name = link.textContent;
  link.textContent = "Copied";
  setTimeout(() => { link.textContent = name; }, 1500);
};
const copy = async (link) => {
  const text = decodeURIComponent(link.getAttribute("href").slice("#copy=".length));
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    // Pages that are not served over TLS from another machine have no clipboard of their own.
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  copied(link);
};
const menu = (open) => {
  const desk = document.querySelector("#desk");
  const before = desk.classList.contains("menu");
  const shown = open ?? !before;
  if (shown === before) return;
  const button = document.querySelector("#menu");
  const side = document.querySelector("#side");
  const within = side.contains(document.activeElement);
  // The masthead lies over the sidebar; on a phone it is of two or three lines, or scrolled away.
  const masthead = document.querySelector("#masthead").getBoundingClientRect();
  side.style.setProperty("--pq-masthead", `${Math.max(0, masthead.bottom)}px`);
  desk.classList.toggle("menu", shown);
  button?.setAttribute("aria-expanded", String(shown));
  // Who opens it goes on in it; who closes it goes on where it was opened.
  if (shown) document.querySelector("#new")?.focus();
  else if (within) button?.focus();
};
const act = (link) => {
  const found = byNumber.exec(link.getAttribute("href") || "");
  const sent = found && { kind: found[1], turn: Number(found[2]), number: Number(found[3]) };
  if (link.matches(".cite, .near, .step, .in-place")) {
    if (sent) openQuote(link, sent);
  } else if (link.matches(".unfilter")) {
    if (sent) trigger("unfilter", sent);
  } else if (link.matches(".tool")) {
    if (sent) trigger(link.matches(".up, .down") ? "rate" : "tool", sent);
  } else if (link.matches(".copy")) {
    copy(link);
  } else if (link.matches(".suggestion")) {
    trigger("suggested", { question: link.dataset.question });
  } else if (link.matches(".talk")) {
    menu(false);
    trigger("choose", { talk: link.dataset.talk });
  } else if (link.matches(".article")) {
    clicked = true;
    menu(false);
    const named = decodeURIComponent(link.getAttribute("href").slice("#article=".length));
    trigger("read", { article: link.dataset.article ?? named });
  }
};
const links = "a.cite, a.near, a.step, a.in-place, a.unfilter, a.tool, a.copy, a.suggestion, a.talk,"
  + " a.article";
// An answer moves as it arrives, and then the mouse is let go over something else: no click follows,
// or one of what holds both. What was pressed is meant, unless the mouse was moved away.
let pressed = null;
document.addEventListener("mousedown", (event) => {
  pressed = event.button ? null : { link: event.target.closest?.(links), at: event };
});
document.addEventListener("mouseup", (event) => {
  const { link, at } = pressed ?? {};
  pressed = null;
  if (!link || link === event.target.closest?.(links)) return;
  if (Math.hypot(event.clientX - at.clientX, event.clientY - at.clientY) > 4) return;
  hide();
  act(link);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(links);
  if (link) {
    event.preventDefault();
    hide();
    act(link);
  } else if (event.target.closest?.("#menu")) {
    menu();
  } else if (event.target.matches?.("#desk.menu #talk, #desk.menu #talk *")) {
    menu(false);
  }
});

// -- keys: a link that acts as a button is pressed with the space bar as well

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input, textarea, select, [contenteditable=true]");
  if (event.key === " " && event.target.matches?.("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  } else if (event.key === "Escape") {
    hide();
    menu(false);
    if (typing) event.target.blur();
  } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector("#question textarea, #question input")?.focus();
  }
});

// -- a citation that is pointed at, or focused, shows its quote and where it is from

const preview = document.createElement("div");
preview.id = "preview";
preview.setAttribute("role", "tooltip");
preview.hidden = true;
(document.querySelector(".gradio-container") || document.body).append(preview);
const hide = () => {
  preview.hidden = true;
  document.querySelector("[aria-describedby=preview]")?.removeAttribute("aria-describedby");
};
const show = (link) => {
  const found = byNumber.exec(link.getAttribute("href") || "");
  const figure = found && link.closest(".answer")?.querySelectorAll("figure")[Number(found[3]) - 1];
  if (!figure) return;
  const words = document.createElement("p");
  words.dir = "auto";
  for (const part of figure.querySelector("blockquote").childNodes) {
    if (!part.matches?.(".cite")) words.append(part.cloneNode(true));
  }
  const from = document.createElement("p");
  from.className = "from";
  for (const part of figure.querySelectorAll("figcaption > .title, figcaption > .title ~ .day")) {
    if (from.childNodes.length) from.append(" · ");
    from.append(part.textContent);
  }
  preview.replaceChildren(words, from);
  preview.hidden = false;
  const box = link.getBoundingClientRect();
  const size = preview.getBoundingClientRect();
  const below = box.bottom + 8 + size.height < innerHeight || box.top < size.height + 8;
  preview.style.top = `${below ? box.bottom + 8 : box.top - size.height - 8}px`;
  preview.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
  link.setAttribute("aria-describedby", "preview");
};
let pointed = 0;
document.addEventListener("mouseover", (event) => {
  const link = event.target.closest?.("a.cite");
  clearTimeout(pointed);
  if (link) pointed = setTimeout(show, 150, link);
  else hide();
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("a.cite:focus-visible")) show(event.target);
  else hide();
});
document.addEventListener("scroll", hide, { capture: true, passive: true });

// -- a file to save: the page asks for it, and it is made here

window.pullquote = {
  save(said) {
    if (!said) return;
    const { name, type, text } = JSON.parse(said);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  },
};

// The status line follows the index: the server is asked whether what is shown is still so. A page
// that nobody looks at asks nothing, and catches up when it is looked at again.
const lookEvery = 3000; // milliseconds
const look = () => {
  const shown = document.querySelector("#status [data-stamp]");
  if (shown && !document.hidden) trigger("look", { stamp: shown.dataset.stamp });
};
setInterval(look, lookEvery);
// When the line is another one, so is what the sidebar shows.
let stamp = null;
const follow = () => {
  const now = document.querySelector("#status [data-stamp]")?.dataset.stamp ?? null;
  if (now === stamp) return;
  if (stamp !== null) trigger("renew");
  stamp = now;
};
document.addEventListener("visibilitychange", look);

// Gradio names each message by its whole HTML, which a screen reader would read out; and it scrolls
// to the end of an answer, where the beginning is wanted. The chat may come after the panel, and its
// messages come and go, so the whole page is watched.
const linkAgain = ({ href, written }) => [...document.querySelectorAll("#chat .answer a")].find(
  (link) => link.getAttribute("href") === href && !!link.closest(".written") === written);
let focused = null; // the link of an answer that has the focus: a message that grows is drawn anew
document.addEventListener("focusin", ({ target }) => {
  const link = target.closest?.("#chat .answer a[href]");
  focused = link && { link, href: link.getAttribute("href"), written: !!link.closest(".written") };
});
document.addEventListener("focusout", () => {
  setTimeout(() => {
    if (focused?.link.isConnected && focused.link !== document.activeElement) focused = null;
  });
});
let shown = 0;
let arriving = 0; // until when a new message is still growing
const tend = () => {
  follow();
  if (focused && !focused.link.isConnected && document.activeElement === document.body) {
    linkAgain(focused)?.focus({ preventScroll: true });
  }
  const messages = document.querySelectorAll("#chat [data-testid=user], #chat [data-testid=bot]");
  let asked = null;
  // Gradio takes this out of messages, and calls a list what has no items.
  for (const tool of document.querySelectorAll("#chat a.tool:is(.up, .down)")) {
    const pressed = String(tool.classList.contains("pressed"));
    if (tool.getAttribute("aria-pressed") !== pressed) tool.setAttribute("aria-pressed", pressed);
  }
  const examples = document.querySelector("#chat .examples[role=list]");
  examples?.setAttribute("role", "group");
  examples?.setAttribute("aria-label", "Examples");
  for (const message of messages) {
    const mine = message.dataset.testid === "user";
    const name = mine ? "You" : "Pullquote";
    if (message.getAttribute("aria-label") !== name) message.setAttribute("aria-label", name);
    if (mine) asked = message;
  }
  if (messages.length > shown) {
    arriving = performance.now() + 500;
    setTimeout(tend, 250);
    if (stacked.matches) document.querySelector("#talk").scrollIntoView({ block: "start" });
  }
  if (asked && performance.now() < arriving) {
    const log = document.querySelector("#chat [role=log]");
    log.scrollTop += asked.getBoundingClientRect().top - log.getBoundingClientRect().top - 16;
  }
  shown = messages.length;
};
tend();
new MutationObserver(tend).observe(document.body, {
  subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label"],
});
