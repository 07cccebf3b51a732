// Gradio sends events through one stream, which the server closes when the last event has ended.
// What is asked before the page has heard of that is lost: gradio takes the stream for open and
// waits for what nobody sends. So the reply to a new event is held until the stream has told of
// that event, or has been closed, whereupon gradio opens another.

const held = 3000; // milliseconds after which the reply goes on in any case
const plain = window.fetch;
let closed = AbortSignal.abort(); // of the latest stream: aborted when gradio has closed it
let told = ""; // the end of what the latest stream has said
let listening = []; // who waits for it to say more

const hear = (text) => {
  told = (told + text).slice(-100_000);
  for (const listen of listening) listen();
};
const isTold = (event) => new Promise((resolve) => {
  const done = () => {
    clearTimeout(late);
    closed.removeEventListener("abort", done);
    listening = listening.filter((other) => other !== listen);
    resolve();
  };
  const listen = () => { if (told.includes(event)) done(); };
  const late = setTimeout(done, held);
  listening.push(listen);
  closed.addEventListener("abort", done);
  listen();
});

window.fetch = async (asked, options) => {
  const address = asked instanceof Request ? asked.url : String(asked);
  const opens = address.includes("/queue/data?");
  if (opens) [closed, told] = [asked.signal ?? options?.signal ?? closed, ""];
  const reply = await plain(asked, options);
  if (reply.ok && opens) {
    const decoder = new TextDecoder();
    const heard = new TransformStream({
      transform(part, onward) {
        hear(decoder.decode(part, { stream: true }));
        onward.enqueue(part);
      },
    });
    return new Response(reply.body.pipeThrough(heard), reply);
  }
  if (reply.ok && address.includes("/queue/join") && !closed.aborted) {
    const { event_id: event } = await reply.clone().json();
    if (event && !closed.aborted) await isTold(event);
  }
  return reply;
};
