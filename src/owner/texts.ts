/**
 * Every state is written once: its text serves the version, the log, and all subscribers. Texts are remembered by the
 * identity of the (immutable) object for as long as it lives.
 */
import type { LogRecord } from "../domain/records.ts";
import type { UpdateEvent } from "../protocol/messages/index.ts";

class Given {
  constructor(value: object) {
    // What a constructor returns is what the fields of a class that extends it are added to.
    // biome-ignore lint/correctness/noConstructorReturn: that is the purpose
    return value;
  }
}

/**
 * Keeps an object's text with the object itself, in a private field, which no copy of the object carries along. A
 * WeakMap would do the same, and take a tenth of the whole time of a commit.
 */
class Written extends Given {
  readonly #text: string;

  private constructor(value: object, text: string) {
    super(value);
    this.#text = text;
  }

  static keep(value: object, text: string): string {
    new Written(value, text);
    return text;
  }

  static textOf(value: object): string | undefined {
    return #text in value ? value.#text : undefined;
  }
}

/** The JSON of a state or message. */
export function textOf(value: object): string {
  return Written.textOf(value) ?? Written.keep(value, JSON.stringify(value));
}

/** The JSON of something that holds messages which are written elsewhere too, made of their texts. */
export function compositeText(value: object): string {
  return joined(value, textOf);
}

/** The JSON of an event or update, made of the texts of its parts. */
export function eventText(event: UpdateEvent): string {
  return (
    Written.textOf(event) ??
    Written.keep(
      event,
      joined(event, (part) => (part === event.Action ? joined(part, textOf) : textOf(part))),
    )
  );
}

function joined(whole: object, partText: (part: object) => string): string {
  let text = "";
  for (const [name, part] of Object.entries(whole)) {
    if (part === undefined) continue;
    const content = typeof part === "object" && part !== null ? partText(part) : JSON.stringify(part);
    text += `${text === "" ? "{" : ","}"${name}":${content}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

/** The JSON of a line of the log. An event that equals a part of its update is written as a reference to that part. */
export function recordText(record: LogRecord): string {
  const { At, Sequence, Position, Update, Configuration, Authority, Unreadable, Events, Errors } = record;
  let text = `{"At":${At},"Sequence":${JSON.stringify(Sequence)},"Position":${Position}`;
  if (Update !== undefined) text += `,"Update":${eventText(Update)}`;
  if (Configuration !== undefined) text += `,"Configuration":${textOf(Configuration)}`;
  if (Authority !== undefined) text += `,"Authority":${textOf(Authority)}`;
  if (Unreadable !== undefined) text += `,"Unreadable":${JSON.stringify(Unreadable)}`;
  text += `,"Events":[${Events.map((event) => reference(event, Update) ?? eventText(event)).join(",")}]`;
  if (Errors !== undefined) text += `,"Errors":${JSON.stringify(Errors)}`;
  return `${text}}`;
}

function reference(event: UpdateEvent, update: UpdateEvent | undefined): string | undefined {
  if (event === update) return '"Update"';
  if (event.Order === undefined || event.Order !== update?.Action?.Order) return undefined;
  return event.UpdateAction === "UpdateAction_Remove" ? '"Order.Remove"' : '"Order"';
}
