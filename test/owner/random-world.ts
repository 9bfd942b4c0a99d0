/** An Owner with a random past: orders, trades, moves and cash, by a feed and over REST, in commits of random sizes. */
import fc from "fast-check";
import { account, deposit, trade, update } from "./actions.ts";
import { GENERATION } from "./defined.ts";
import { OWNER, World } from "./world.ts";

const accounts = fc.constantFrom("A", "B");
const orders = fc.constantFrom("O1", "O2", "O3");

const action: fc.Arbitrary<object> = fc.oneof(
  fc
    .record({ orderId: orders, AccountID: accounts, Quantity: fc.integer({ min: 1, max: 3 }), goes: fc.nat(4) })
    .map(({ orderId, goes, ...change }) =>
      update(OWNER, orderId, { ...change, ...(goes === 0 && { RemoveAfter: {} }) }),
    ),
  fc
    .tuple(orders, accounts, fc.nat(20), fc.integer({ min: 1, max: 3 }))
    .map(([orderId, AccountID, tradeId, quantity]) =>
      trade(OWNER, orderId, `T${tradeId}`, quantity, 10, { AccountID }),
    ),
  fc
    .tuple(fc.nat(50), accounts, fc.integer({ min: -3, max: 3 }))
    .map(([id, accountId, value]) => deposit(OWNER, `D${id}`, value, accountId)),
);

/** What happens next. */
type Step =
  | { readonly by: "feed"; readonly action: object; readonly skip: number }
  | { readonly by: "rest"; readonly accountId: string }
  | { readonly by: "bookmark"; readonly skip: number }
  /** What came before becomes durable. */
  | { readonly by: "commit" };

const skip = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ by: fc.constant("feed" as const), action, skip }) },
  { weight: 2, arbitrary: fc.record({ by: fc.constant("rest" as const), accountId: accounts }) },
  { weight: 1, arbitrary: fc.record({ by: fc.constant("bookmark" as const), skip }) },
  { weight: 3, arbitrary: fc.constant({ by: "commit" as const }) },
);

export const randomWorlds: fc.Arbitrary<World> = fc
  .array(step, { minLength: 1, maxLength: 40, size: "max" })
  .map((steps) => {
    const world = new World();
    const adapter = world.connect({ feeds: ["asx"] });
    world.open(adapter);
    let position = 0;
    for (const each of steps) {
      switch (each.by) {
        case "feed":
          position += each.skip;
          world.feed(adapter, "Action", position, each.action);
          break;
        case "bookmark":
          position += each.skip;
          world.feed(adapter, "Bookmark", position);
          break;
        case "rest":
          void define(world, each.accountId);
          break;
        case "commit":
          world.settle();
      }
    }
    world.settle();
    return world;
  });

function define({ engine }: World, accountId: string): Promise<unknown> {
  const AccountDetails = { Account: account(OWNER, accountId), Name: crypto.randomUUID() };
  const Operation = { Type: "OperationType_DefineAccount", AccountDetails };
  const update = JSON.stringify({ Type: "UpdateEventType_Operation", Operation });
  return engine.submit({ ownerId: OWNER, generation: GENERATION }, [{ update }]);
}
