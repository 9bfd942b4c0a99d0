/** How far back something reaches, chosen from a few spans of time by their names. */

interface SpanChoiceProps {
  readonly label: string;
  readonly spans: readonly { readonly name: string }[];
  /** The index of the one that is chosen. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

export function SpanChoice({ label, spans, chosen, onChoose }: SpanChoiceProps) {
  return (
    <select aria-label={label} value={chosen} onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}>
      {spans.map(({ name }, index) => (
        <option key={name} value={index}>
          {name}
        </option>
      ))}
    </select>
  );
}
