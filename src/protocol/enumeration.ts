/** Enumerations of the contract. In memory a value is its full name; on the wire it has three spellings. */
import * as z from "zod";

/** An enumeration of the contract: its full names and their numbers. */
export interface Enumeration {
  readonly name: string;
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;
  /** From every accepted spelling (full, short) to the full name. */
  readonly spellings: ReadonlyMap<string, string>;
}

/** Declares an enumeration; its type is the union of its full names. */
export function enumeration<const Numbers extends Record<string, number>>(name: string, numbers: Numbers) {
  const entries = Object.entries(numbers);
  return {
    name,
    numbers: new Map(entries),
    names: new Map(entries.map(([full, number]) => [number, full])),
    spellings: new Map(entries.flatMap(([full]) => [[full, full] as const, [shortNameOf(full), full] as const])),
    schema: z.union([z.int(), z.string()]).transform((value, context) => {
      const full = fullNameOf<Extract<keyof Numbers, string>>(numbers, value);
      if (full !== undefined) return full;
      context.addIssue({ code: "custom", message: "Field.Invalid" });
      return z.NEVER;
    }),
  };
}

/** The union of an enumeration's full names. */
export type NameOf<Enum extends { readonly schema: z.ZodType }> = z.output<Enum["schema"]>;

/** The short spelling of an enum's full name: what follows its first underscore. */
export function shortNameOf(full: string): string {
  return full.slice(full.indexOf("_") + 1);
}

function fullNameOf<Name extends string>(numbers: Record<string, number>, value: string | number): Name | undefined {
  const isName = (full: string): full is Name => Object.hasOwn(numbers, full);
  return Object.keys(numbers)
    .filter(isName)
    .find((full) => full === value || shortNameOf(full) === value || numbers[full] === value);
}
