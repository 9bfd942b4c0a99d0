/** Sessions whose sockets lead to an Owner's real engine in memory: frames come when the test lets them. */
import { connect, type Session, type SessionOptions } from "../../../../src/client/index.ts";
import { OWNER, type PlayedSocket, World } from "../../../owner/world.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { PlayedClientSocket } from "./played-client-socket.ts";

interface Link {
  readonly client: PlayedClientSocket;
  readonly server: PlayedSocket;
  /** How many of the server's frames have come. */
  came: number;
}

/** A session, and the connections that it has had. */
export class LinkedSession {
  readonly session: Session;
  readonly #world: World;
  #link: Link | undefined;
  connections = 0;

  constructor(world: World, clock: FakeClock, feeds: readonly string[], options: Partial<SessionOptions> = {}) {
    this.#world = world;
    this.session = connect({
      url: "http://oms.test",
      token: "token",
      owner: OWNER,
      clock,
      backoff: { first: 100, most: 400 },
      webSocket: (url, protocols) => this.#open(new PlayedClientSocket(url, protocols), feeds),
      ...options,
    });
  }

  /** Frames that were sent and have not come. */
  get underWay(): number {
    return this.#link === undefined ? 0 : this.#link.server.frames.length - this.#link.came;
  }

  /** Up to so many frames come. */
  deliver(most: number): void {
    const link = this.#link;
    for (let count = 0; count < most && link !== undefined && link === this.#link; count++) {
      const frame = link.server.frames[link.came];
      if (frame === undefined) break;
      link.came++;
      link.client.receive(frame);
    }
    if (link?.server.closed !== undefined && link === this.#link) this.cut(link.server.closed);
  }

  /** The connection is lost, with what was under way. */
  cut(code = 1006): void {
    const { client } = this.#link ?? {};
    client?.lose(code);
  }

  #open(client: PlayedClientSocket, feeds: readonly string[]): PlayedClientSocket {
    setImmediate(() => {
      if (client.isOver) return;
      const server = this.#world.connect({ feeds });
      const link = { client, server, came: 0 };
      this.#link = link;
      this.connections++;
      client.onSend = (text) => {
        if (text === "ping") client.receive("pong");
        else this.#world.engine.receive(server.id, text);
      };
      client.onOver = () => {
        if (this.#link === link) this.#link = undefined;
        server.kept = null;
        this.#world.engine.lose(server.id);
      };
      client.open();
    });
    return client;
  }
}

/** An Owner's engine and sessions with it. */
export class LinkedWorld {
  readonly world: World;
  readonly clock = new FakeClock();
  readonly #sessions: LinkedSession[] = [];

  constructor(world = new World()) {
    this.world = world;
  }

  session(feeds: readonly string[] = [], options: Partial<SessionOptions> = {}): LinkedSession {
    const session = new LinkedSession(this.world, this.clock, feeds, options);
    this.#sessions.push(session);
    return session;
  }

  /** Everything that is on its way arrives, and what follows from it: also what waits for another attempt. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      this.world.settle();
      await settled();
      for (const session of this.#sessions) {
        if (session.underWay > 0) quiet = 0;
        session.deliver(Number.POSITIVE_INFINITY);
      }
      if (this.#sessions.some(({ session }) => session.state.current.name === "waiting")) {
        quiet = 0;
        await this.clock.pass(500);
      }
      if (this.world.isBusy) quiet = 0;
    }
  }
}
