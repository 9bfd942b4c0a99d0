/** The few REST calls that scripts and end-to-end tests make, typed. */
import { decode, encode, readJson } from "../../src/protocol/codec.ts";
import type { MessageSchema, Of } from "../../src/protocol/fields.ts";
import {
  AccountDetails,
  AssetPosition,
  CashPosition,
  CashTransferRequest,
  ClientRequest,
  ClientRequestResponse,
  ClientRequestState,
  OrderState,
  OwnerDetails,
  type ClientRequest as Request,
  type CashTransferRequest as Transfer,
} from "../../src/protocol/messages/index.ts";

/** The server answered with something other than success. */
export class CallRefused extends Error {
  override readonly name = "CallRefused";
  readonly status: number;

  constructor(status: number, body: string) {
    super(`${status} ${body}`);
    this.status = status;
  }
}

export class RestClient {
  readonly #url: URL;
  readonly #token: string;

  constructor(url: URL, token: string) {
    this.#url = url;
    this.#token = token;
  }

  balances(owner: string): Promise<CashPosition[]> {
    return this.#list(CashPosition, `/balance/for/${encodeURIComponent(owner)}`);
  }

  holdings(owner: string): Promise<AssetPosition[]> {
    return this.#list(AssetPosition, `/holding/for/${encodeURIComponent(owner)}`);
  }

  orders(owner: string): Promise<OrderState[]> {
    return this.#list(OrderState, `/order/for/${encodeURIComponent(owner)}`);
  }

  /** The client requests that are open. */
  requests(owner: string): Promise<ClientRequestState[]> {
    return this.#list(ClientRequestState, `/request/for/${encodeURIComponent(owner)}`);
  }

  /** Makes a client request and waits for its outcome. Made again after a failure, with the same id, it does no harm. */
  async request(request: Request): Promise<ClientRequestResponse> {
    return decode(ClientRequestResponse, readJson(await this.#call("/request", encode(ClientRequest, request))));
  }

  /** Defines an account, or changes it. */
  async defineAccount(details: AccountDetails): Promise<void> {
    await this.#call("/account", encode(AccountDetails, details));
  }

  async transferCash(transfer: Transfer): Promise<void> {
    await this.#call("/balance", encode(CashTransferRequest, transfer));
  }

  /** Defines an Owner that is not yet defined. */
  async defineOwner(OwnerID: string): Promise<void> {
    const path = `/owner/byid/${encodeURIComponent(OwnerID)}`;
    const isDefined = await this.#call(path).then(
      () => true,
      (error: unknown) => {
        if (error instanceof CallRefused && error.status === 404) return false;
        throw error;
      },
    );
    if (!isDefined) await this.#call("/owner", encode(OwnerDetails, { OwnerID }));
  }

  async #list<Schema extends MessageSchema>(schema: Schema, path: string): Promise<Of<Schema>[]> {
    const answer = readJson(await this.#call(path));
    if (!Array.isArray(answer)) throw new Error(`${path} did not answer a list`);
    return answer.map((item) => decode(schema, item));
  }

  async #call(path: string, body?: string): Promise<string> {
    const headers = { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/json" };
    const answer = await fetch(
      new URL(path, this.#url),
      body === undefined ? { headers } : { method: "POST", headers, body },
    );
    const text = await answer.text();
    if (!answer.ok) throw new CallRefused(answer.status, text);
    return text;
  }
}

/** Whether an Edge OMS answers at an address. */
export async function isServing(url: URL): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/diagnostics/ping", url));
    return answer.ok && (await answer.text()) === "OK";
  } catch {
    return false;
  }
}
