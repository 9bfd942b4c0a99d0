/** The clients of a random run: they ask over sockets and in calls, and what they were answered is kept. */
import type { RequestOutcome } from "../../../src/owner/rpc.ts";
import type { Standing } from "../../../src/owner/standing.ts";
import { decodeText, encode } from "../../../src/protocol/codec.ts";
import { ClientRequest, type Permissions } from "../../../src/protocol/messages/index.ts";
import type { EmptyWorld, PlayedSocket } from "../world.ts";
import { aboutOpen, type RequestStep } from "./request-arbitraries.ts";

/** A call that a client made. */
export interface Call {
  /** The request, with the Owner's name of then. */
  readonly request: ClientRequest;
  /** The life of the object in which it was made: a call does not outlive it. */
  readonly engine: EmptyWorld["engine"];
  outcome: RequestOutcome | undefined;
}

/** What clients need of the run. */
export interface ClientsContext {
  readonly world: EmptyWorld;
  /** Undefined when the caller is not let in. */
  connect(permissions: Permissions): PlayedSocket | undefined;
  /** A text in which the Owner bears the name that it has now. */
  named(text: string): string;
  standing(): Standing;
}

export class Clients {
  readonly calls: Call[] = [];
  readonly #context: ClientsContext;
  readonly #sockets = new Map<number, PlayedSocket>();
  #frames = 0;

  constructor(context: ClientsContext) {
    this.#context = context;
  }

  ask({ client, isCall, which, request }: Extract<RequestStep, { readonly step: "ask" }>): void {
    const { named, world } = this.#context;
    const text = named(aboutOpen(JSON.stringify(request), world.store, which));
    if (isCall) this.#call(client, text);
    else this.#send(client, text);
  }

  #call(client: number, text: string): void {
    const { world, standing } = this.#context;
    const { engine } = world;
    const call: Call = { request: decodeText(ClientRequest, text), engine, outcome: undefined };
    this.calls.push(call);
    const asked = {
      request: encode(ClientRequest, call.request),
      permissions: JSON.stringify(permissionsOf(client, standing().ownerId)),
    };
    void engine.request(standing(), asked).then((outcome) => {
      call.outcome = outcome;
    });
  }

  #send(client: number, text: string): void {
    const socket = this.#socketOf(client);
    if (socket === undefined) return;
    const RequestID = `frame ${++this.#frames}`;
    this.#context.world.engine.receive(
      socket.id,
      JSON.stringify({ Type: "ClientRequest", RequestID, Request: JSON.parse(text) }),
    );
  }

  #socketOf(client: number): PlayedSocket | undefined {
    const present = this.#sockets.get(client);
    if (present !== undefined && present.closed === undefined) return present;
    const socket = this.#context.connect(permissionsOf(client, this.#context.standing().ownerId));
    if (socket !== undefined) this.#sockets.set(client, socket);
    return socket;
  }
}

/** The second of them is an Operator, and may ask for nothing on other exchanges. */
function permissionsOf(client: number, ownerId: string): Permissions {
  const Identity = `User:client${client}`;
  const Owners = [ownerId];
  if (client === 0) return { Source: "test", Identity, Owners };
  return { Source: "test", Identity, Owners, Exchanges: ["ASX"], Features: ["Operator"] };
}
