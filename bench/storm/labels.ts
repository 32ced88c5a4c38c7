/** Where a label would stand, in pixels from above. */
export interface Label {
  readonly y: number;
}

/** Moves labels apart that would lie on each other, each as little as may be, so that each has so many pixels and none is below the bottom. */
export function spreadLabels<Kind extends Label>(labels: readonly Kind[], gap: number, bottom: number): Kind[] {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  const groups: { members: Kind[]; middle: number }[] = [];
  for (const label of sorted) {
    let group = { members: [label], middle: Math.min(label.y, bottom) };
    for (let above = groups.at(-1); above !== undefined && endOf(above, gap) > group.middle - (group.members.length * gap) / 2; above = groups.at(-1)) {
      groups.pop();
      const members = [...above.members, ...group.members];
      const middle = members.reduce((sum, { y }) => sum + y, 0) / members.length;
      group = { members, middle: Math.min(middle, bottom - ((members.length - 1) / 2) * gap) };
    }
    groups.push(group);
  }
  return groups.flatMap(({ members, middle }) =>
    members.map((label, index) => ({ ...label, y: middle + (index - (members.length - 1) / 2) * gap })));
}

const endOf = ({ members, middle }: { members: readonly unknown[]; middle: number }, gap: number): number => middle + (members.length * gap) / 2;
