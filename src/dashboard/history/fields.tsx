/** A message with all that it holds, field by field. */
import { Decimal } from "../../protocol/decimal.ts";
import { amountText } from "../format/amounts.ts";

interface FieldsProps {
  readonly title: string;
  readonly content: object;
}

export function Fields({ title, content }: FieldsProps) {
  const fields = flattened("", content);
  if (fields.length === 0) return null;
  return (
    <details class="fields" open={fields.length <= 14}>
      <summary>{title}</summary>
      <dl>
        {fields.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** `Account.OwnerID` → `XS`: one line for each field, however deep. */
function flattened(path: string, content: unknown): readonly (readonly [name: string, text: string])[] {
  if (content === undefined) return [];
  if (content instanceof Decimal) return [[path, amountText(content)]];
  if (typeof content !== "object" || content === null) return [[path, String(content)]];
  const parts = Array.isArray(content)
    ? content.map((item: unknown, index) => [`${path}[${index}]`, item] as const)
    : Object.entries(content).map(([name, item]) => [path === "" ? name : `${path}.${name}`, item] as const);
  return parts.flatMap(([name, item]) => flattened(name, item));
}
