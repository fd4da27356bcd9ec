import type { SagaDetail } from '@holdfast/core';

/** One of the family, and where its box stands, in pixels. */
export interface Relative {
  readonly id: string;
  readonly role: 'cause' | 'parent' | 'self' | 'child';
  readonly x: number;
  readonly y: number;
}

export const BOX = { width: 168, height: 56 } as const;
const GAP = { across: 16, down: 40 } as const;
/** Children that stand side by side. */
const ABREAST = 2;

/** What it came from above it, itself, and what it started below. */
export function familyLayout({
  cause,
  parent,
  children,
}: Pick<SagaDetail, 'cause' | 'parent' | 'children'>): readonly Relative[] {
  const above = [
    ...(cause === null ? [] : ['cause' as const]),
    ...(parent === null ? [] : ['parent' as const]),
  ];
  const ownRow = above.length === 0 ? 0 : 1;
  return [
    ...above.map((role, index) => ({ id: role, role, ...placed(0, index, above.length) })),
    { id: 'self', role: 'self' as const, ...placed(ownRow, 0, 1) },
    ...children.map((child, index) => {
      const line = Math.floor(index / ABREAST);
      const inLine = Math.min(children.length - line * ABREAST, ABREAST);
      return {
        id: `child ${child.step}`,
        role: 'child' as const,
        ...placed(ownRow + 1 + line, index % ABREAST, inLine),
      };
    }),
  ];
}

/** Rows are centred on 0. */
function placed(
  row: number,
  index: number,
  of: number,
): { readonly x: number; readonly y: number } {
  const width = of * BOX.width + (of - 1) * GAP.across;
  return {
    x: -width / 2 + index * (BOX.width + GAP.across),
    y: row * (BOX.height + GAP.down),
  };
}
