// msrp-node-lib as an implementation under test: the control protocol on standard input and output, SIP around it.
//
// Settings by environment: MSRP_NODE_LIB (folder of the library), MSRP_SETUP (active or passive), MSRP_REPORTS (1 asks for reports).
"use strict";

const net = require("net");
const path = require("path");
const readline = require("readline");
const { Agent } = require("./sip.js");

const HOST = "127.0.0.1";
const note = (...words) => process.stderr.write(`${words.map(String).join(" ")}\n`);
const silent = { debug: () => {}, info: () => {}, warn: note, warning: note, error: note };
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const freePort = () => new Promise((resolve) => {
  const probe = net.createServer().listen(0, HOST, () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

async function main() {
  const library = process.env.MSRP_NODE_LIB;
  if (!library) throw new Error("MSRP_NODE_LIB has to name the folder of msrp-node-lib");
  const msrp = require(path.resolve(library))({
    host: HOST,
    port: await freePort(),
    sessionName: "msrp-node-lib",
    acceptTypes: "message/cpim text/plain",
    setup: process.env.MSRP_SETUP === "passive" ? "passive" : "active",
    requestReports: process.env.MSRP_REPORTS === "1",
    enableHeartbeats: false,
    // Without it the library takes a connection only from the port that stands in the other side's path.
    useInboundMessageForSocketSetup: true,
  }, silent);
  await new Promise((resolve) => msrp.Server.start(resolve));
  const sessions = new Map();
  const shown = [];
  const reports = [];

  function create(key, dialog) {
    const session = msrp.SessionController.createSession();
    const entry = { session, dialog };
    session.on("message", (message) => {
      if (message.body) shown.push({ handle: `h${shown.length}`, message_id: message.messageId ?? null, text: String(message.body), content_type: message.contentType ?? null });
    });
    session.on("report", (report) => reports.push({ message_id: report.messageId, disposition: String(report.getHeader?.("status") ?? ""), matched: true }));
    sessions.set(key, entry);
    return entry;
  }

  const agent = new Agent("node", {
    invite: (callId, from, offer) => new Promise((resolve, reject) => {
      const { session } = create(from, { callId });
      session.setDescription(offer, () => session.getDescription(resolve, reject), reject);
    }),
    bye: (callId) => {
      const found = [...sessions].find(([, entry]) => entry.dialog.callId === callId);
      if (!found) return false;
      msrp.SessionController.removeSession(found[1].session);
      sessions.delete(found[0]);
      return true;
    },
  });
  await agent.listen(HOST);

  async function open(to) {
    const entry = create(to, {});
    const offer = await new Promise((resolve, reject) => entry.session.getDescription(resolve, reject));
    const { dialog, response } = await agent.invite(to, offer);
    if (response.status >= 300) throw new Error(`the INVITE was answered with ${response.status}`);
    entry.dialog = dialog;
    const ready = new Promise((resolve) => entry.session.once("socketSet", resolve));
    entry.session.setDescription(response.body, () => {}, note);
    await ready;
    return entry;
  }

  const commands = {
    async send({ to, text, content_type: type, content, mode }) {
      if (mode !== "session") return { ok: false, error: "unsupported", detail: "mode" };
      const { session } = sessions.get(to) ?? (await open(to));
      if (!session.socket) await new Promise((resolve) => session.once("socketSet", resolve));
      session.sendMessage(content ?? text, null, type ?? "text/plain");
      return { ok: true, message_id: null };
    },
    async session({ open: target, close }) {
      if (target) {
        await open(target);
        return { ok: true };
      }
      const entry = sessions.get(close);
      if (!entry) return { ok: false, error: "failed", detail: `there is no session with ${close}` };
      if (entry.dialog.target) await agent.request("BYE", entry.dialog);
      msrp.SessionController.removeSession(entry.session);
      sessions.delete(close);
      return { ok: true };
    },
    async log() {
      return { ok: true, shown, reports };
    },
    async reset() {
      shown.length = 0;
      reports.length = 0;
      return { ok: true };
    },
  };

  const uri = `sip:node@${agent.local}`;
  say({
    event: "ready",
    protocol: 1,
    implementation: { name: "msrp-node-lib", version: require(path.resolve(library, "package.json")).version },
    endpoints: [`${uri};transport=tcp`],
    addresses: [uri],
    commands: Object.keys(commands),
    modes: ["session"],
  });

  readline.createInterface({ input: process.stdin })
    .on("line", async (line) => {
      let request = {};
      try {
        request = JSON.parse(line);
        const command = commands[request.command];
        const reply = command ? await command(request) : { ok: false, error: "unsupported", detail: request.command };
        say({ id: request.id, ...reply });
      } catch (error) {
        say({ id: request.id ?? null, ok: false, error: "failed", detail: error.message });
      }
    })
    .on("close", () => process.exit(0));
}

main().catch((error) => {
  note(error.stack);
  process.exit(1);
});
