/** One command as it was given, with what it needs to be done. */
import { type Client, createClient } from "../client/index.ts";
import type { Connection } from "./connection.ts";
import { type Moment, momentOf } from "./options/moments.ts";
import type { Printer } from "./output/printer.ts";
import { type AccountName, accountNamed } from "./records/account-names.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage.ts";

/** The values of parameters and options by name, as the argument parser gives them. */
export type Given = Readonly<Record<string, unknown>>;

export class Invocation {
  readonly connection: Connection;
  readonly printer: Printer;
  readonly terminal: Terminal;
  readonly #given: Given;
  #client: Client | undefined;

  constructor(given: Given, connection: Connection, printer: Printer, terminal: Terminal) {
    this.#given = given;
    this.connection = connection;
    this.printer = printer;
    this.terminal = terminal;
  }

  /** The server, as it is asked. */
  get client(): Client {
    const { url, token } = this.connection;
    this.#client ??= createClient({ url, ...(token !== undefined && { token }) });
    return this.#client;
  }

  /** What was given once. Throws UsageError when it was given twice. */
  text(name: string): string | undefined {
    const [first, ...more] = this.texts(name);
    if (more.length > 0) throw new UsageError(`--${name} is given more than once.`);
    return first;
  }

  /** What must be given. */
  required(name: string): string {
    const text = this.text(name);
    if (text === undefined || text === "") throw new UsageError(`${name} is missing.`);
    return text;
  }

  texts(name: string): readonly string[] {
    const value = this.#given[name];
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map(String);
  }

  flag(name: string): boolean {
    return this.#given[name] === true;
  }

  /** A whole number from 1. Throws UsageError. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageError(`--${name} must be a whole number from 1 on.`);
    return Number(text);
  }

  moment(name: string): Moment | undefined {
    return momentOf(name, this.texts(name));
  }

  /** The Owner of `--owner` or the environment, where one must be named. */
  owner(): string {
    const { owner } = this.connection;
    if (owner === undefined) throw new UsageError("Which Owner? Name it with --owner, or in OMS_OWNER.");
    return owner;
  }

  /** The account that a parameter names. */
  account(name = "account"): AccountName {
    return this.accountNamed(this.required(name));
  }

  /** The account that a text names, which is the Owner's of `--owner` where the text does not say. */
  accountNamed(text: string): AccountName {
    return accountNamed(text, this.connection.owner);
  }

  /** Where a list is narrowed to: the account that is named, else the Owner, else nothing. */
  scope(): { readonly owner?: undefined } | { readonly owner: string; readonly account?: string } {
    const account = this.text("account");
    const { owner } = this.connection;
    if (account === undefined) return owner === undefined ? {} : { owner };
    const { OwnerID, AccountID } = accountNamed(account, owner);
    return { owner: OwnerID, account: AccountID };
  }

  /** Asks whoever sits there. Throws UsageError where nobody does, unless `--yes` has answered already. */
  async confirm(question: string): Promise<boolean> {
    if (this.flag("yes")) return true;
    const answer = await this.terminal.ask(`${question} [y/N] `);
    if (answer === undefined) throw new UsageError("There is nobody to ask: say --yes.");
    return /^y(es)?$/i.test(answer.trim());
  }
}
