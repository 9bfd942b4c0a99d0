/** The command line as a whole: families and verbs put to the argument parser. */
import yargs, { type Argv, type Options } from "yargs";
import type { Family, OptionSpec, OptionTable, Verb } from "./command.ts";
import { type ConnectionOptions, connectionOf, DEFAULT_URL } from "./connection.ts";
import { FAMILIES } from "./families/index.ts";
import { type Given, Invocation } from "./invocation.ts";
import { FORMATS, type Format, Printer } from "./output/printer.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage.ts";
import { watch } from "./watch/command.ts";

const GLOBAL: OptionTable = {
  url: { kind: "text", describe: `Where the server is, else OMS_URL (${DEFAULT_URL})` },
  token: { kind: "text", describe: "The bearer token, else OMS_TOKEN" },
  "token-command": { kind: "text", describe: "Prints a fresh token when one is needed, else OMS_TOKEN_COMMAND" },
  owner: { kind: "text", describe: "The Owner that is meant, else OMS_OWNER" },
  output: { kind: "text", alias: "o", choices: FORMATS, describe: "How it is shown: table, unless OMS_OUTPUT says so" },
  columns: { kind: "texts", describe: "Only these columns of a table or of CSV: Account,Balance" },
};

export interface ProgramOptions {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** Runs one command. Throws UsageError, OmsError and Failed; anything else is a mistake in this program. */
export async function run(words: readonly string[], options: ProgramOptions): Promise<void> {
  const parser = parserFor(words, options);
  await parser.parseAsync();
}

function parserFor(words: readonly string[], options: ProgramOptions): Argv {
  const { terminal, version } = options;
  const parser = yargs([...words])
    .scriptName("oms")
    .usage("$0 <command>\n\nThe command line of an Edge OMS.")
    .parserConfiguration({
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "boolean-negation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
    })
    .options(optionsOf(GLOBAL))
    .group(Object.keys(GLOBAL), "Everywhere:")
    .strict()
    .recommendCommands()
    .demandCommand(1, "Which command?")
    .exitProcess(false)
    .wrap(terminal.style.width === undefined ? 100 : Math.min(terminal.style.width, 120))
    .version(version)
    .help()
    .alias("help", "h")
    .epilog("Exit codes: 0 done, 1 refused, 2 not understood, 3 no server, 4 not permitted, 5 not found, 6 try later.")
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    });
  for (const family of FAMILIES) addFamily(parser, family, options);
  addVerb(parser, watch, options);
  return parser.completion("completion", "Prints what bash or zsh needs to complete commands");
}

function addFamily(parser: Argv, { name, summary, verbs }: Family, options: ProgramOptions): void {
  parser.command(name, summary, (family) => {
    for (const verb of verbs) addVerb(family, verb, options);
    return family.demandCommand(1, `What about it? See: oms ${name} --help`);
  });
}

function addVerb(parser: Argv, verb: Verb, options: ProgramOptions): void {
  const usage = verb.parameters === undefined ? verb.name : `${verb.name} ${verb.parameters}`;
  parser.command(
    usage,
    verb.summary,
    (command) => {
      for (const [, name = ""] of usage.matchAll(/[<[]([a-z-]+)(?:\.\.)?[>\]]/g)) {
        const choices = verb.choices?.[name];
        command.positional(name, { type: "string", ...(choices !== undefined && { choices }) });
      }
      return command.options(optionsOf(verb.options ?? {}));
    },
    async (given) => verb.run(invocation(given, options)),
  );
}

function invocation(given: Given, { terminal, environment }: ProgramOptions): Invocation {
  const named = (name: string): string | undefined => {
    const value = given[name];
    if (Array.isArray(value)) throw new UsageError(`--${name} is given more than once.`);
    return value === undefined ? undefined : String(value);
  };
  const connecting: ConnectionOptions = {
    url: named("url"),
    token: named("token"),
    "token-command": named("token-command"),
    owner: named("owner"),
  };
  const columns =
    given.columns === undefined ? undefined : [given.columns].flat().flatMap((name) => `${name}`.split(","));
  const printer = new Printer({
    format: formatOf(named("output") ?? environment.OMS_OUTPUT),
    columns,
    style: terminal.style,
    write: (text) => terminal.write(text),
  });
  return new Invocation(given, connectionOf(connecting, environment), printer, terminal);
}

function formatOf(name: string | undefined): Format {
  const format = FORMATS.find((known) => known === (name || "table"));
  if (format === undefined) throw new UsageError(`'${name}' is no way to show it: table, csv or json.`);
  return format;
}

function optionsOf(table: OptionTable): Record<string, Options> {
  return Object.fromEntries(Object.entries(table).map(([name, spec]) => [name, optionOf(spec)]));
}

function optionOf({ kind, describe, choices, alias }: OptionSpec): Options {
  return {
    describe,
    ...(kind === "flag" ? { type: "boolean" } : { type: "string", requiresArg: true }),
    ...(kind === "texts" && { array: true }),
    ...(choices !== undefined && { choices }),
    ...(alias !== undefined && { alias }),
  };
}
