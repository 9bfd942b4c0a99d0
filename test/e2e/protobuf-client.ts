/** A client that knows protobuf from protobufjs alone, and the contract from its table or from the file that is served. */
import protobuf from "protobufjs";

/** A message as protobufjs gives it: enums by their names, 64 bits as numbers. */
export type Told = { readonly [field: string]: unknown };

const GIVEN = { longs: Number, enums: String } as const;

/** What a schema reads and writes. */
export class Schema {
  readonly #types: protobuf.NamespaceBase;

  constructor(types: protobuf.NamespaceBase) {
    this.#types = types;
  }

  encode(type: string, message: object): Uint8Array {
    const known = this.#types.lookupType(type);
    return known.encode(known.fromObject(message)).finish();
  }

  encodeRun(type: string, messages: readonly object[]): Uint8Array {
    const known = this.#types.lookupType(type);
    const writer = protobuf.Writer.create();
    for (const message of messages) known.encodeDelimited(known.fromObject(message), writer);
    return writer.finish();
  }

  decode(type: string, bytes: Uint8Array, as: protobuf.IConversionOptions = GIVEN): Told {
    const known = this.#types.lookupType(type);
    return known.toObject(known.decode(bytes), as);
  }

  decodeRun(type: string, bytes: Uint8Array, as: protobuf.IConversionOptions = GIVEN): readonly Told[] {
    const known = this.#types.lookupType(type);
    const reader = protobuf.Reader.create(bytes);
    const messages: Told[] = [];
    while (reader.pos < reader.len) messages.push(known.toObject(known.decodeDelimited(reader), as));
    return messages;
  }
}

/** A socket whose frames are protobuf, both ways. */
export class BinarySocket {
  /** Everything that came, in order. */
  readonly received: Told[] = [];
  readonly #socket: WebSocket;
  readonly #schema: Schema;
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket, schema: Schema) {
    this.#socket = socket;
    this.#schema = schema;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      if (!(data instanceof ArrayBuffer)) throw new Error(`a text came: ${data}`);
      this.received.push(schema.decode("EventMessage", new Uint8Array(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static open(url: URL, owner: string, token: string, schema: Schema): Promise<BinarySocket> {
    const address = new URL(`/streaming?owner=${owner}`, url);
    address.protocol = "ws:";
    const socket = new WebSocket(address.href, ["oms.v1", `bearer.${token}`]);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(new BinarySocket(socket, schema)));
      socket.addEventListener("error", () => reject(new Error(`no socket at ${address.origin}`)));
    });
  }

  send(message: object): void {
    this.sendBytes(this.#schema.encode("RequestMessage", message));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(Uint8Array.from(bytes));
  }

  /** The first message that is wanted, from an index on; waits for it. */
  async until(isWanted: (message: Told) => boolean, from = 0): Promise<Told> {
    for (let next = from; ; next++) {
      while (next >= this.received.length) await this.#arrival();
      const message = this.received[next];
      if (message !== undefined && isWanted(message)) return message;
    }
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  close(): void {
    this.#socket.close();
  }
}
