// Runs once, when the source panel is there. Citations in the chat open in the panel; the panel
// then shows the quote that was asked for.

const target = /^#(quote|near|filter)-(\d+)-(\d+)$/;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const stacked = matchMedia("(max-width: 899px)"); // as in style.css
let clicked = false;

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

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.cite, a.near, a.unfilter");
  const href = link?.getAttribute("href") || "";
  const found = target.exec(href);
  if (!found) return;
  event.preventDefault();
  const sent = { kind: found[1], turn: Number(found[2]), number: Number(found[3]) };
  if (sent.kind === "filter") {
    trigger("unfilter", sent);
    return;
  }
  clicked = true;
  // What is open already does not change, unless its article has, so nobody would be called back.
  if (element.querySelector(".source")?.dataset.shows === href) reveal();
  trigger("open", sent);
});

// A link that acts as a button is pressed with the space bar as well.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("a.unfilter")) return;
  event.preventDefault();
  event.target.click();
});

// The status line follows the index: the server is asked whether what is shown is still so. A page
// that nobody looks at asks nothing, and catches up when it is looked at again.
const lookEvery = 3000; // milliseconds
const look = () => {
  const shown = document.querySelector("#status [data-stamp]");
  if (shown && !document.hidden) trigger("look", { stamp: shown.dataset.stamp });
};
setInterval(look, lookEvery);
document.addEventListener("visibilitychange", look);

// Gradio names each message by its whole HTML, which a screen reader would read out; and it scrolls
// to the end of an answer, where the beginning is wanted. The chat may come after the panel, and its
// messages come and go, so the whole page is watched.
let shown = 0;
let arriving = 0; // until when a new message is still growing
const tend = () => {
  const messages = document.querySelectorAll("#chat [data-testid=user], #chat [data-testid=bot]");
  let asked = null;
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
