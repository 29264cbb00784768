// As much of SIP over TCP (RFC 3261) as sets up and tears down a session.
"use strict";

const net = require("net");
const crypto = require("crypto");

const token = () => crypto.randomBytes(8).toString("hex");

/** Cuts a stream into messages by Content-Length (RFC 3261 section 18.3). */
class Framer {
  constructor(take) {
    this.take = take;
    this.held = Buffer.alloc(0);
  }

  push(octets) {
    this.held = Buffer.concat([this.held, octets]);
    for (;;) {
      const end = this.held.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = this.held.subarray(0, end).toString();
      const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(head)?.[1] ?? 0);
      const whole = end + 4 + length;
      if (this.held.length < whole) return;
      const body = this.held.subarray(end + 4, whole).toString();
      this.held = this.held.subarray(whole);
      this.take(new Message(head, body));
    }
  }
}

class Message {
  constructor(head, body) {
    [this.start, ...this.lines] = head.split("\r\n");
    this.body = body;
  }

  /** All values of a header. */
  all(name) {
    const prefix = `${name.toLowerCase()}:`;
    return this.lines
      .filter((line) => line.toLowerCase().startsWith(prefix))
      .map((line) => line.slice(prefix.length).trim());
  }

  get(name) {
    return this.all(name)[0] ?? "";
  }

  get method() {
    return this.start.split(" ")[0];
  }

  get status() {
    return this.start.startsWith("SIP/2.0") ? Number(this.start.split(" ")[1]) : null;
  }
}

/** The URI in an address of a header. */
const uri = (value) => /<([^>]*)>/.exec(value)?.[1] ?? value.split(";")[0];

const hostPort = (value) => {
  const found = /^sips?:(?:[^@]*@)?([^:;>]+)(?::(\d+))?/.exec(value);
  return { host: found?.[1], port: Number(found?.[2] ?? 5060) };
};

/** One TCP port; `handlers` are asked for answers to INVITE and told of BYE. */
class Agent {
  constructor(user, handlers) {
    this.user = user;
    this.handlers = handlers;
    this.waiting = new Map();
    this.links = new Map();
    this.server = net.createServer((socket) => this.serve(socket));
  }

  listen(host) {
    return new Promise((resolve) => this.server.listen(0, host, () => {
      const { address, port } = this.server.address();
      this.local = `${address}:${port}`;
      this.contact = `<sip:${this.user}@${this.local};transport=tcp>`;
      resolve();
    }));
  }

  serve(socket) {
    const framer = new Framer((message) => this.take(message, socket));
    socket.on("data", (octets) => framer.push(octets));
    socket.on("error", () => {});
  }

  take(message, socket) {
    if (message.status !== null) {
      const key = message.get("CSeq") + message.get("Call-ID");
      if (message.status >= 200) {
        this.waiting.get(key)?.(message);
        this.waiting.delete(key);
      }
      return;
    }
    if (message.method === "INVITE") return this.invited(message, socket);
    if (message.method === "ACK") return;
    const known = message.method === "BYE" && this.handlers.bye(message.get("Call-ID"));
    this.respond(message, socket, known ? "200 OK" : message.method === "OPTIONS" ? "200 OK" : "481 Unknown");
  }

  async invited(message, socket) {
    const tag = token();
    try {
      const answer = await this.handlers.invite(message.get("Call-ID"), uri(message.get("From")), message.body);
      this.respond(message, socket, "200 OK", answer, tag);
    } catch (error) {
      this.respond(message, socket, "488 Not Acceptable Here", null, tag);
    }
  }

  respond(request, socket, status, sdp = null, tag = token()) {
    const to = request.get("To");
    const lines = [
      `SIP/2.0 ${status}`,
      ...request.all("Via").map((via) => `Via: ${via}`),
      `From: ${request.get("From")}`,
      `To: ${/;tag=/.test(to) ? to : `${to};tag=${tag}`}`,
      `Call-ID: ${request.get("Call-ID")}`,
      `CSeq: ${request.get("CSeq")}`,
      `Contact: ${this.contact}`,
    ];
    socket.write(encode(lines, sdp));
  }

  /** Sends a request of a dialog; resolves with its final response. */
  request(method, dialog, sdp = null) {
    const cseq = `${++dialog.cseq} ${method}`;
    const answered = new Promise((resolve) => this.waiting.set(cseq + dialog.callId, resolve));
    this.write(dialog, method, cseq, sdp);
    return answered;
  }

  write(dialog, method, cseq, sdp) {
    const lines = [
      `${method} ${dialog.target} SIP/2.0`,
      `Via: SIP/2.0/TCP ${this.local};branch=z9hG4bK${token()}`,
      "Max-Forwards: 70",
      `From: <sip:${this.user}@${this.local}>;tag=${dialog.tag}`,
      `To: ${dialog.to}`,
      `Call-ID: ${dialog.callId}`,
      `CSeq: ${cseq}`,
      `Contact: ${this.contact}`,
    ];
    this.link(hostPort(dialog.target)).write(encode(lines, sdp));
  }

  link({ host, port }) {
    const key = `${host}:${port}`;
    let socket = this.links.get(key);
    if (!socket) {
      socket = net.connect({ host, port });
      this.serve(socket);
      socket.on("close", () => this.links.delete(key));
      this.links.set(key, socket);
    }
    return socket;
  }

  /** Opens a session: resolves with dialog and answer. */
  async invite(target, offer) {
    const dialog = { target, to: `<${target}>`, tag: token(), callId: token(), cseq: 0 };
    const response = await this.request("INVITE", dialog, offer);
    dialog.to = response.get("To");
    if (response.status < 300) dialog.target = uri(response.get("Contact")) || target;
    this.write(dialog, "ACK", `${dialog.cseq} ACK`, null);
    return { dialog, response };
  }

  close() {
    this.server.close();
    this.links.forEach((socket) => socket.destroy());
  }
}

function encode(lines, sdp) {
  const body = sdp ?? "";
  const type = sdp === null ? [] : ["Content-Type: application/sdp"];
  return [...lines, ...type, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
}

module.exports = { Agent };
