/**
 * The family as a graph. Loaded only where there is one: React Flow is larger than the screen around it.
 *
 * @module
 */
import { Handle, Position, ReactFlow } from '@xyflow/react';
import type { Edge, Node, NodeProps } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { InstanceRef, SagaDetail } from '@holdfast/core';
import { cx } from '../../lib/class-names.ts';
import { Badge } from '../../ui/badge.tsx';
import { EventLink, LINK } from '../../ui/links.tsx';
import { BOX, familyLayout } from './family-layout.ts';

interface Box extends Record<string, unknown> {
  readonly role: string;
  readonly text: string;
  readonly instance: InstanceRef | null;
  readonly event: number | null;
  readonly status: string | null;
  readonly isSelf: boolean;
}

type FamilyNode = Node<Box, 'relative'>;

const NODE_TYPES = { relative: RelativeBox };
const MARGIN = 24;

export function FamilyGraph({ detail }: { readonly detail: SagaDetail }) {
  const { nodes, edges, height } = useMemo(() => graphOf(detail), [detail]);
  return (
    <div role="group" aria-label="Family as a graph" style={{ height }}>
      <ReactFlow
        // Fitted anew where the family grows.
        key={nodes.length}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.05 }}
        // The links in the boxes are what the keyboard reaches; the boxes themselves do nothing.
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        panOnDrag={false}
        zoomOnScroll={false}
        zoomOnPinch={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      />
    </div>
  );
}

function RelativeBox({ data }: NodeProps<FamilyNode>) {
  const { role, text, instance, event, status, isSelf } = data;
  return (
    <div
      className={cx(
        'pointer-events-auto flex h-full flex-col justify-center gap-0.5 rounded-md border bg-surface px-2',
        isSelf ? 'border-accent' : 'border-line-strong',
      )}
    >
      <Handle type="target" position={Position.Top} className="invisible" />
      <p className="flex items-center justify-between gap-1 text-2xs text-ink-2">
        <span className="min-w-0 truncate" title={role}>
          {role}
        </span>
        {status !== null && <Badge status={status} />}
      </p>
      <p className="truncate text-xs" title={text}>
        {isSelf && <span className="font-medium">{text}</span>}
        {event !== null && <EventLink seq={event}>{text}</EventLink>}
        {instance !== null && (
          <Link
            to="/sagas/$saga/$key"
            params={{ saga: instance.saga, key: instance.key }}
            search={{ run: instance.run }}
            className={LINK}
          >
            {text}
          </Link>
        )}
      </p>
      <Handle type="source" position={Position.Bottom} className="invisible" />
    </div>
  );
}

function graphOf(detail: SagaDetail): {
  readonly nodes: FamilyNode[];
  readonly edges: Edge[];
  readonly height: number;
} {
  const layout = familyLayout(detail);
  const nodes = layout.map(({ id, role, x, y }): FamilyNode => ({
    id,
    type: 'relative',
    position: { x, y },
    ...BOX,
    data: boxOf(detail, id, role),
  }));
  const edges = layout
    .filter(({ role }) => role !== 'self')
    .map(({ id, role }): Edge => {
      const ends = role === 'child' ? ['self', id] : [id, 'self'];
      return { id: `edge ${id}`, source: ends[0] ?? '', target: ends[1] ?? '' };
    });
  const lowest = Math.max(...layout.map(({ y }) => y));
  return { nodes, edges, height: lowest + BOX.height + MARGIN };
}

function boxOf(detail: SagaDetail, id: string, role: string): Box {
  const { cause, parent, children } = detail;
  const empty = { instance: null, event: null, status: null, isSelf: false };
  if (role === 'cause' && cause !== null) {
    return { ...empty, role: 'cause', text: cause.type, event: cause.seq };
  }
  if (role === 'parent' && parent !== null) {
    return { ...empty, role: `parent, at ${parent.step}`, text: nameOf(parent), instance: parent };
  }
  const child = children.find(({ step }) => `child ${step}` === id);
  if (child !== undefined) {
    const { status } = child;
    return { ...empty, role: child.step, text: nameOf(child), instance: child, status };
  }
  return { ...empty, role: 'this', text: nameOf(detail), status: detail.status, isSelf: true };
}

function nameOf({ saga, key }: Pick<InstanceRef, 'saga' | 'key'>): string {
  return `${saga} ${key}`;
}
