/** The server as a whole. */
import type { Family } from "../command.ts";
import { EXIT, Failed } from "../exit-codes.ts";
import { ofOwner } from "./feeds.ts";
import { AS_AT, asAt } from "./reading.ts";

export const hub: Family = {
  name: "hub",
  summary: "The server as a whole",
  verbs: [
    {
      name: "ping",
      summary: "Asks whether an OMS answers there; needs no token",
      run: async (call) => {
        await call.client.diagnostics.ping();
        await call.printer.names("Ping", ["OK"]);
      },
    },
    {
      name: "health",
      summary: "Shows how the server is, or, with --owner, the object of that Owner",
      run: async (call) => {
        // An Owner of the environment is no reason to ask about something else than the server.
        const owner = call.text("owner");
        const health = await call.client.diagnostics.health(owner === undefined ? {} : { owner });
        await call.printer.names("Health", [health]);
        if (health === "Unhealthy") throw new Failed(EXIT.later, "The server cannot do its work now");
      },
    },
    {
      name: "channels",
      summary: "Lists the kinds of record that an Owner keeps",
      run: async (call) => call.printer.names("Channel", await call.client.diagnostics.channels()),
    },
    {
      name: "channel",
      parameters: "<channel>",
      summary: "Shows the records of one kind as they are kept, in JSON",
      options: AS_AT,
      run: async (call) => {
        const options = { ...ofOwner(call), ...asAt(call) };
        const snapshot = await call.client.diagnostics.channel(call.required("channel"), options);
        await call.printer.text(`${JSON.stringify(snapshot, undefined, 2)}\n`);
      },
    },
  ],
};
