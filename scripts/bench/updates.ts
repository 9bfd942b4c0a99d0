/**
 * The update that is measured: a trade on an order, as an exchange's adapter sends it, about 600 bytes. Every order is
 * filled by two trades. Nothing is left to chance: every run sends the same.
 */

/** The feed's name. */
export const SEQUENCE = "bench";

const ACCOUNTS = 50;
const SYMBOLS = 10;
/**
 * Positions between the two fills of an order, more than a commit holds: were they neighbours, one version of the order
 * would serve both, which flatters.
 */
const FILL_DISTANCE = 1001;
const DAY = Date.UTC(2026, 10, 2);
const QUANTITY = 200;
const FEE_CENTS = 9;

/** An account that trades in every run. */
export const SAMPLE_ACCOUNT = accountOf(0);

/** The frames of updates from `first` to `last`. Positions begin with 1. */
export function updateFrames(owner: string, first: number, last: number, perFrame: number): Frame[] {
  return framesOf((position) => actionAt(owner, position), first, last, perFrame);
}

/** Frames for actions at positions from `first` to `last`; with more than one update each, as arrays. */
export function framesOf(
  actionOf: (position: number) => object,
  first: number,
  last: number,
  perFrame: number,
): Frame[] {
  const frames: Frame[] = [];
  for (let position = first; position <= last; position += perFrame) {
    const end = Math.min(last, position + perFrame - 1);
    const texts: string[] = [];
    for (let each = position; each <= end; each++) texts.push(frameText(each, actionOf(each)));
    frames.push({ last: end, content: perFrame === 1 ? texts.join("") : `[${texts.join(",")}]` });
  }
  return frames;
}

function frameText(position: number, action: object): string {
  const Position = { Sequence: SEQUENCE, Position: position };
  return JSON.stringify({ Type: "FeedRequest", Feed: { Type: "Action", Position, Action: action } });
}

/** A frame to be sent, encoded before the clock starts. */
export interface Frame {
  /** The position of its last update. */
  readonly last: number;
  /** JSON, or protobuf. */
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** What happens at a position. Odd ones open orders; even ones complete an older order, as soon as there is one. */
export function actionAt(owner: string, position: number) {
  const completed = position % 2 === 0 ? position - FILL_DISTANCE : 0;
  return completed > 0 ? fill(owner, completed, position, 2) : fill(owner, position, position, 1);
}

function fill(owner: string, order: number, position: number, nth: 1 | 2) {
  const random = scrambled(order);
  const cents = 1000 + (random % 9000);
  const executed = nth * (QUANTITY / 2);
  const fee = nth * FEE_CENTS;
  const side = (random >>> 8) % 2 === 0 ? "BUY" : "SELL";
  return {
    Type: "Trade",
    Order: {
      OrderID: `O${order}`,
      Account: { OwnerID: owner, AccountID: accountOf(random >>> 16) },
      Code: `SYM${(random >>> 4) % SYMBOLS}`,
      Exchange: "ASX",
      Currency: "AUD",
      Side: side,
      OrderType: "LIMIT",
      Price: cents / 100,
      Quantity: QUANTITY,
      Lifetime: "DAY",
      ExDestination: "XASX",
      AdditionalFunds: { Fee: (2 * FEE_CENTS) / 100 },
      Timestamp: timeAt(position),
      ExecutedQuantity: executed,
      ExecutedAdditionalFunds: { Fee: fee / 100 },
      ...(nth === 2 && { IsCompleted: true }),
      Status: nth === 1 ? "PartiallyFilled" : "Filled",
    },
    Update: { UpdateID: `U${position}`, Reason: "Trade" },
    Trade: {
      TradeID: `T${position}`,
      Type: "Trade",
      Price: cents / 100,
      Quantity: QUANTITY / 2,
      AdditionalFunds: { Fee: FEE_CENTS / 100 },
    },
  };
}

/** One of the accounts that trade. */
export function accountOf(number: number): string {
  return `A${String((number % ACCOUNTS) + 1).padStart(2, "0")}`;
}

/** What the update at a position says of its time: a millisecond for each. */
export function timeAt(position: number): string {
  return new Date(DAY + position).toISOString();
}

/** A number that looks like chance and is always the same for the same number (the finalizer of MurmurHash3). */
export function scrambled(number: number): number {
  let mixed = number | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
