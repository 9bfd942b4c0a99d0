/**
 * What of the System's log an Owner is handed down. The log is read in stretches that begin and end at the same places
 * for all, so that what is read for one Owner serves the others, wherever each of them is.
 */
import { parseStoredRecord } from "../domain/log-record.ts";
import { keyOf, SYSTEM_SEQUENCE } from "../domain/records.ts";
import type { KnownOwner } from "../domain/state.ts";
import type { Delivery, DeliveryItem } from "../owner/rpc.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Store } from "../storage/store.ts";
import { concerns, type Handed, handedBy } from "./handed.ts";

/** A stretch of the log up to a position. */
interface Stretch {
  readonly handed: readonly Handed[];
  readonly upTo: number;
  /** What it costs to keep, in characters. */
  readonly characters: number;
  /** The log goes on after it, so that it never changes any more. */
  readonly isClosed: boolean;
}

/** What a stretch costs beside what was handed. */
const STRETCH_CHARACTERS = 256;

export class DeliveryReader {
  readonly #store: Store;
  /** The stretches last read, by the position that they begin after; the oldest first. */
  readonly #stretches = new Map<number, Stretch>();
  #characters = 0;
  #headOfStretches = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What an Owner that has come so far is handed down next: the first that concerns it, or that nothing does. */
  next(known: KnownOwner, after: number): Delivery {
    const { at, positions } = this.#store.head();
    const last = positions.get(SYSTEM_SEQUENCE) ?? 0;
    if (at !== this.#headOfStretches) this.#forgetOpen();
    this.#headOfStretches = at;
    let upTo = after;
    while (upTo < last) {
      const stretch = this.#stretchBeyond(upTo);
      const delivery = this.#deliveryOf(stretch, known, upTo);
      if (delivery.items.length > 0) return { ...delivery, after };
      upTo = stretch.upTo;
    }
    return { after, items: [], upTo };
  }

  /** As much of a stretch as one delivery may hold. */
  #deliveryOf({ handed, upTo }: Stretch, known: KnownOwner, after: number): Omit<Delivery, "after"> {
    const items: DeliveryItem[] = [];
    let characters = 0;
    let taken = after;
    for (const each of handed) {
      if (each.position <= after || !concerns(each, known)) continue;
      if (characters >= LIMITS.DELIVERY_CHARACTERS) return { items, upTo: taken };
      const item = this.#itemOf(each);
      items.push(item);
      characters += JSON.stringify(item).length;
      taken = item.position;
    }
    return { items, upTo };
  }

  #itemOf(handed: Handed): DeliveryItem {
    const { position } = handed;
    switch (handed.type) {
      case "update":
      case "renaming":
        return { position, update: handed.update };
      case "source":
        return { position, source: handed.source };
      case "identity": {
        const { source, identity } = handed;
        // As they are now: what they were in between is of no use any more.
        const permissions = this.#store.version("identity", keyOf.identity(source, identity));
        return { position, source, identity, ...(permissions !== undefined && { permissions }) };
      }
    }
  }

  /** The stretch that a position lies in, or that begins after it. */
  #stretchBeyond(position: number): Stretch {
    let stretch = this.#stretchAfter(position - (position % LIMITS.DELIVERY_RECORDS));
    while (stretch.upTo <= position) stretch = this.#stretchAfter(stretch.upTo);
    return stretch;
  }

  #stretchAfter(position: number): Stretch {
    const known = this.#stretches.get(position);
    if (known !== undefined) return known;
    const stretch = this.#read(position);
    this.#stretches.set(position, stretch);
    this.#characters += stretch.characters;
    for (const [oldest] of this.#stretches) {
      if (this.#characters <= LIMITS.DELIVERIES_KEPT_CHARACTERS || oldest === position) break;
      this.#forget(oldest);
    }
    return stretch;
  }

  #read(after: number): Stretch {
    const head = this.#store.head();
    const end = after - (after % LIMITS.DELIVERY_RECORDS) + LIMITS.DELIVERY_RECORDS;
    const place = this.#store.placeAfter(SYSTEM_SEQUENCE, after);
    if (place === undefined) throw new Error(`the log does not go on after ${after}`);
    const handed: Handed[] = [];
    let characters = STRETCH_CHARACTERS;
    let looked = 0;
    for (const { text } of this.#store.records(place, head.at)) {
      const record = parseStoredRecord(text);
      if (record.Position <= after) continue;
      const each = handedBy(this.#store, record);
      if (each !== undefined) {
        handed.push(each);
        characters += JSON.stringify(each).length;
      }
      looked += text.length;
      if (record.Position >= end || looked >= LIMITS.DELIVERY_CHARACTERS) {
        return { handed, upTo: record.Position, characters, isClosed: true };
      }
    }
    return { handed, upTo: head.positions.get(SYSTEM_SEQUENCE) ?? 0, characters, isClosed: false };
  }

  #forgetOpen(): void {
    for (const [position, { isClosed }] of this.#stretches) if (!isClosed) this.#forget(position);
  }

  #forget(position: number): void {
    this.#characters -= this.#stretches.get(position)?.characters ?? 0;
    this.#stretches.delete(position);
  }
}
