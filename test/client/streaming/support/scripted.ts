/** A session whose server is played by the test, frame by frame. */
import { connect, type Session, type SessionOptions, type SessionState } from "../../../../src/client/index.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { PlayedClientSocket } from "./played-client-socket.ts";

export class ScriptedServer {
  readonly clock = new FakeClock();
  readonly sockets: PlayedClientSocket[] = [];
  readonly states: SessionState[] = [];
  readonly session: Session;

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = connect({
      url: "https://oms.test",
      token: "token",
      owner: "XS",
      clock: this.clock,
      fetch: () => Promise.reject(new TypeError("no network")),
      onState: (state) => void this.states.push(state),
      webSocket: (url, protocols) => {
        const socket = new PlayedClientSocket(url, protocols);
        this.sockets.push(socket);
        return socket;
      },
      ...options,
    });
  }

  get socket(): PlayedClientSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }

  /** What the client sent over the present socket. */
  get sent() {
    return this.socket.sent.filter((text) => text !== "ping").map((text) => JSON.parse(text));
  }

  /** A socket is opened, and lets the client in. */
  async accept(): Promise<void> {
    await settled();
    this.socket.open();
    await settled();
  }

  /** The server sends. Types are short. */
  async tell(Type: string, content: object = {}): Promise<void> {
    this.socket.receive(JSON.stringify({ Type: `EventMessageType_${Type}`, ...content }));
    await settled();
  }

  /** Grants what was asked last; gives its RequestID. */
  async grant(): Promise<string> {
    const { Type, RequestID } = this.sent.at(-1);
    await this.tell("Response", { Request: { Type, RequestID } });
    return RequestID;
  }

  /** Grants a subscription and shows it records, at these positions. */
  async show(updates: readonly object[], positions: Readonly<Record<string, number>>): Promise<void> {
    const Request = { RequestID: await this.grant() };
    await this.tell("SnapshotStart", { Request, Snapshot: { Positions: positions } });
    if (updates.length > 0) await this.tell("Update", { Updates: updates });
    await this.tell("SnapshotFinish", { Request });
  }
}

/** The event that tells of a balance. */
export function balance(account: string, value: number) {
  const Account = { AccountID: account, OwnerID: "XS" };
  return { Type: "UpdateEventType_Balance", Balance: { Account, Currency: "AUD", Balance: value } };
}

/** The event that tells that a balance is gone. */
export function balanceGone(account: string) {
  return { ...balance(account, 0), UpdateAction: "UpdateAction_Remove" };
}

/** What a promise came to: its value, or what it was rejected with. */
export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return error;
  }
}
