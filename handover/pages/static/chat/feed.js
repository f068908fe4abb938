// The conversation's messages in order, without gap or repeat: a WebSocket, and asking when it is down.
//
// `cursor` is the highest seq below which everything has come. Only the ordered sources (stream, since)
// move it; answers to a sent message may run ahead of it and are merged by seq elsewhere.

import { Backoff } from "./backoff.js";
import { Refused, reached, since, stream, typing } from "./service.js";

const ASK_WHEN_DOWN_MS = 2_500;
const ASK_WHEN_LIVE_MS = 25_000; // a stream that hangs without closing loses nothing for longer than this
const GONE_CODES = [4401, 4403, 4404];

export class Feed {
  constructor(conversation, heard) {
    // onMessages, onStatus, onSeen, onQueue, onTyping, onLive, onConnection, onGone
    Object.assign(this, { conversation, ...heard });
    this.cursor = 0;
    this.failures = 0;
    this.stopped = false;
    this.reconnect = new Backoff({ first: 1_000, most: 30_000 });
    this.slower = new Backoff({ first: ASK_WHEN_DOWN_MS, most: 15_000 });
  }

  async start() {
    await this.ask();
    this.connect();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.askTimer);
    clearTimeout(this.connectTimer);
    this.socket?.close();
  }

  /** Try at once: the network came back, or somebody looks at the page again. */
  nudge() {
    if (this.stopped) return;
    this.reconnect.reset();
    this.ask();
    if (!this.socket) this.connect();
  }

  ask() {
    this.asking ??= this.askOnce().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  async askOnce() {
    clearTimeout(this.askTimer);
    try {
      const { status, messages, seen, queue, typing: types } = await since(this.conversation, this.cursor);
      if (this.stopped) return;
      this.reached();
      this.take(messages);
      this.onStatus(status);
      if (seen) this.onSeen(seen);
      this.onQueue(queue ?? null);
      if (types) this.onTyping();
    } catch (error) {
      if (this.stopped) return;
      if (error instanceof Refused && error.gone) return this.lose();
      this.missed();
    }
    const pause = this.failures ? this.slower.next() : this.live ? ASK_WHEN_LIVE_MS : ASK_WHEN_DOWN_MS;
    this.askTimer = setTimeout(() => this.ask(), pause);
  }

  connect() {
    if (this.stopped || this.socket) return;
    clearTimeout(this.connectTimer);
    const socket = stream(this.conversation, this.cursor);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "auth", token: this.conversation.token }));
    socket.onmessage = (event) => this.frame(JSON.parse(event.data));
    socket.onclose = (event) => this.closed(event);
  }

  frame(frame) {
    const begins = !this.live;
    this.live = true;
    if (begins) this.onLive();
    this.reconnect.reset();
    this.reached();
    if (Number.isInteger(frame.seq)) this.take([frame]);
    else if (frame.type === "seen") this.onSeen(frame.through);
    else if (frame.type === "typing") this.onTyping();
    else if (frame.type === "queue") this.onQueue(frame.queue);
    else if (frame.status) this.onStatus(frame.status);
  }

  closed({ code }) {
    this.socket = null;
    this.live = false;
    if (this.stopped) return;
    if (GONE_CODES.includes(code)) this.reconnect.tries = 5;
    this.ask();
    this.connectTimer = setTimeout(() => this.connect(), this.reconnect.next());
  }

  /** A sign of the moment: where it cannot go at once, it is not sent later. */
  typing() {
    if (this.live) return this.socket.send(JSON.stringify({ type: "typing" }));
    return typing(this.conversation).catch(() => {});
  }

  receipt(how) {
    if (this.live) return this.socket.send(JSON.stringify({ type: "receipt", ...how }));
    return reached(this.conversation, how).catch(() => {}); // told again with the next connection
  }

  take(messages) {
    if (this.stopped || !messages.length) return;
    this.cursor = Math.max(this.cursor, ...messages.map((message) => message.seq));
    this.onMessages(messages);
  }

  reached() {
    this.failures = 0;
    this.slower.reset();
    this.onConnection(true);
  }

  missed() {
    this.failures += 1;
    this.onConnection(false);
  }

  lose() {
    this.stop();
    this.onGone();
  }
}
