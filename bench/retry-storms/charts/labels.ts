export interface Label {
  /** The middle of the label, in pixels from the top. */
  readonly y: number;
}

interface Group<Kind> {
  readonly labels: readonly Kind[];
  readonly middle: number;
}

const bottomOf = ({ labels, middle }: Group<unknown>, lineHeight: number): number => middle + (labels.length * lineHeight) / 2;
const topOf = ({ labels, middle }: Group<unknown>, lineHeight: number): number => middle - (labels.length * lineHeight) / 2;

/** Moves labels apart that would overlap, each as little as possible, and keeps all of them above the bottom. */
export function spreadLabels<Kind extends Label>(labels: readonly Kind[], lineHeight: number, bottom: number): Kind[] {
  const groups: Group<Kind>[] = [];
  for (const label of [...labels].sort((a, b) => a.y - b.y)) {
    let group: Group<Kind> = { labels: [label], middle: Math.min(label.y, bottom) };
    for (let above = groups.at(-1); above && bottomOf(above, lineHeight) > topOf(group, lineHeight); above = groups.at(-1)) {
      groups.pop();
      group = merge(above, group, lineHeight, bottom);
    }
    groups.push(group);
  }
  return groups.flatMap((group) =>
    group.labels.map((label, index) => ({ ...label, y: topOf(group, lineHeight) + (index + 0.5) * lineHeight })));
}

function merge<Kind extends Label>(above: Group<Kind>, below: Group<Kind>, lineHeight: number, bottom: number): Group<Kind> {
  const labels = [...above.labels, ...below.labels];
  const mean = labels.reduce((sum, { y }) => sum + y, 0) / labels.length;
  return { labels, middle: Math.min(mean, bottom - ((labels.length - 1) / 2) * lineHeight) };
}
