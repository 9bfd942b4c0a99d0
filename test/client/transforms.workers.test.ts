import { expect, test } from "vitest";
import { Decimal } from "../../src/client/index.ts";
import { someOwner } from "../support/api.ts";
import { clientOf, refusalOf } from "./worker.ts";

const transactionOf = (owner: string, AccountID: string) => ({ Account: { OwnerID: owner, AccountID } });

test("accounts, symbols and currencies are renamed, and a rename with the same id does no more", async () => {
  const owner = await someOwner();
  const client = clientOf(owner);
  const account = { owner, account: "A/1" };
  await client.balances.transfer({
    Transaction: transactionOf(owner, account.account),
    Transfer: { Currency: "AUD", Value: Decimal.of("0.10") },
  });
  await client.holdings.transfer({
    Transaction: transactionOf(owner, account.account),
    Transfer: { Code: "BHP", Exchange: "ASX", Value: Decimal.of(3) },
  });

  await client.accounts.rename(account, "A2", { Comments: "by hand" });
  await client.transforms.renameSymbol({ exchange: "ASX", code: "BHP", newCode: "BHG" }, { TransformID: "X1" });
  const { at } = await client.transforms.renameCurrency({ code: "AUD", newCode: "NZD" }, { owner });

  const [balance, ...balances] = await client.balances.list({ owner });
  const [holding, ...holdings] = await client.holdings.list({ owner });
  expect([balances, holdings]).toEqual([[], []]);
  expect([balance?.Account?.AccountID, balance?.Currency, balance?.Balance?.toString()]).toEqual(["A2", "NZD", "0.1"]);
  expect([holding?.Account?.AccountID, holding?.Code, holding?.Quantity?.toString()]).toEqual(["A2", "BHG", "3"]);
  expect((await client.audit.latest({ owner })) === at).toBe(true);

  await client.transforms.renameSymbol({ exchange: "ASX", code: "BHP", newCode: "BHG" }, { TransformID: "X1" });
  expect(await client.audit.latest({ owner })).toBe(at);
  const other = { exchange: "ASX", code: "BHP", newCode: "BHX" };
  expect(await refusalOf(client.transforms.renameSymbol(other, { TransformID: "X1" }))).toEqual([
    409,
    ["Transform.Conflict X1"],
  ]);
});
