/** `oms watch`: a live view in the terminal, or, for a program that reads it, every change as a line of JSON. */
import { connect, type Session, type SessionState } from "../../client/index.ts";
import type { Verb } from "../command.ts";
import { EXIT, Failed } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { UsageError } from "../usage.ts";
import { Screen } from "./screen.ts";
import { stateText } from "./states.ts";
import { VIEWS, type Watched, watched } from "./watched.ts";

export const watch: Verb = {
  name: "watch",
  parameters: "<view..>",
  choices: { view: VIEWS },
  summary: `Shows views live: ${VIEWS.join(", ")}`,
  options: {
    account: { kind: "texts", describe: "Of this account only" },
  },
  run,
};

async function run(call: Invocation): Promise<void> {
  const names = [...new Set(call.texts("view"))].map(viewNamed);
  const { owner, accounts } = targetsOf(call);
  const { url, token } = call.connection;
  if (token === undefined)
    throw new Failed(EXIT.forbidden, "There is no token: give one, or a command that prints one");
  const session = connect({ url, token, owner });
  try {
    const views = names.map((name) => watched(name, session, accounts.length === 0 ? {} : { accounts }));
    const ended = endOf(session, views);
    const { screen } = call.terminal;
    if (screen !== undefined && call.text("output") !== "json") await new Screen(screen, session, views).until(ended);
    else await Promise.race([ended, ...views.map((view) => printLines(call, view)), tellStates(call, session)]);
  } finally {
    session.close();
  }
}

function viewNamed(name: string) {
  const view = VIEWS.find((known) => known === name.toLowerCase());
  if (view !== undefined) return view;
  throw new UsageError(`'${name}' is no view. The views are ${VIEWS.join(", ")}.`);
}

/** The Owner, and its accounts that are watched; none means all. */
function targetsOf(call: Invocation): { readonly owner: string; readonly accounts: readonly string[] } {
  const names = call.texts("account").map((account) => call.accountNamed(account));
  const owners = new Set(names.map(({ OwnerID }) => OwnerID));
  if (owners.size > 1) throw new UsageError("One Owner is watched at a time.");
  const [owner = call.owner()] = owners;
  return { owner, accounts: names.map(({ AccountID }) => AccountID) };
}

/** Throws what ends the session or one of the views; never resolves. */
function endOf(session: Session, views: readonly Watched[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const state of [session.state, ...views.map(({ subscription }) => subscription.state)]) {
      state.onChange((next) => {
        if (next.name === "closed" && next.why !== undefined) reject(next.why);
      });
    }
  });
}

async function printLines(call: Invocation, view: Watched): Promise<void> {
  for await (const line of view.lines()) await call.printer.text(`${line}\n`);
}

/** Says on stderr when the connection is lost, and when it is there again. Never resolves. */
function tellStates(call: Invocation, session: Session): Promise<never> {
  return new Promise(() => {
    let last: SessionState["name"] | undefined;
    session.state.onChange((state) => {
      if (state.name !== last && state.name !== "connecting") call.terminal.tell(stateText(state, Date.now()));
      if (state.name !== "connecting") last = state.name;
    });
  });
}
