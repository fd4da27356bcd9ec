/**
 * Takes facts to those they concern: a workflow event to the instance it names, any other to every saga that wants it,
 * whose program names the instance.
 *
 * 1. Facts reach the mailboxes of one saga's instances in the order they arrived (I9).
 * 2. What reaches nobody is recorded as unrouted or quarantined, with the reason (I9).
 * 3. An event that ends too long a chain of causes is quarantined for each that it concerns, on recovery as well:
 *    sagas that start each other without end are stopped for good.
 *
 * @module
 */
import { flowFields, MAX_CAUSATION_DEPTH, type TenantId, WORKFLOW_TYPES } from '@holdfast/core';
import type { ParentRef } from '@holdfast/store';
import { type Addressee, addressee, depthOf, OPERATOR_SOURCE, programType } from './addressing.ts';
import {
  dispositionUnit,
  type QuarantineFinding,
  quarantineUnit,
  refusalUnit,
} from './disposition-units.ts';
import type { Fact, UnnumberedEvent } from './fact.ts';
import type { Unit } from './journal-writer.ts';
import type { Delivery } from './live-instance.ts';
import type { Trigger } from './releases/registry.ts';
import { RouteLanes } from './route-lanes.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { CallRecalled, type ProgramFault, type RouteAnswer } from './sandbox-port.ts';
import { staticKey } from './static-key.ts';

/** Longest instance key, in UTF-16 units. */
const MAX_KEY_LENGTH = 512;
const TOO_DEEP: QuarantineFinding = {
  code: 'causation.too_deep',
  reason: `events have caused events ${MAX_CAUSATION_DEPTH} times in a row; this one goes no further`,
  at: null,
};

/** Who named the instance for an event, what it said, and after how many tries. */
interface Routed {
  readonly trigger: Trigger;
  readonly answer: RouteAnswer;
  readonly tries: number;
}

/** Where a workflow event goes that is for an instance. */
type Instance = Extract<Addressee, { to: 'instance' }>;

/** Hands an event to an instance by its address. */
export type Deliver = (tenant: string, saga: string, key: string, delivery: Delivery) => void;

export class FactRouter {
  readonly #deps: RunnerDeps;
  readonly #deliver: Deliver;
  readonly #lanes = new RouteLanes();
  #routing = 0;

  constructor(deps: RunnerDeps, deliver: Deliver) {
    this.#deps = deps;
    this.#deliver = deliver;
  }

  /** Facts whose instance is being named. */
  get routing(): number {
    return this.#routing;
  }

  /**
   * Takes a fact to whom it concerns: a workflow event to the instance it names, any other to every saga that wants it.
   * Answers whether anybody does; where nobody does, it is the caller's to have it journaled.
   */
  accept(fact: Fact): boolean {
    if (fact.event.stream === 'WORKFLOW_EVENTS') {
      this.#toAddressee(fact);
      return fact.consumers.length > 0;
    }
    const triggers = this.#deps.registry.triggers(fact.event.type);
    if (triggers.length === 0) return false;
    fact.consumers = triggers.map((trigger) => trigger.saga.name);
    for (const trigger of triggers) {
      const { name } = trigger.saga;
      if (this.#deps.leave(fact, name)) fact.left = [...fact.left, name];
      else this.route(fact, trigger);
    }
    return true;
  }

  /** Takes a fact that stands in the journal to the one consumer it was left to. */
  give(fact: Fact, saga: string): void {
    if (fact.event.stream === 'WORKFLOW_EVENTS') {
      this.#toAddressee(fact);
      return;
    }
    const trigger = this.#deps.registry
      .triggers(fact.event.type)
      .find(({ saga: { name } }) => name === saga);
    if (trigger !== undefined) {
      this.route(fact, trigger);
      return;
    }
    const reason = `saga ${saga} does not take ${fact.event.type} any more`;
    this.#deps.submit(
      dispositionUnit(this.#deps, fact, { saga, status: 'unrouted', reason, instanceId: null }),
    );
  }

  /**
   * The instance that an event belongs to, without sending it there; null when it names none. `saga` where two could
   * take it.
   */
  async instanceOf(
    event: UnnumberedEvent,
    saga: string | undefined,
  ): Promise<{ tenant: TenantId; saga: string; key: string } | null> {
    for (const trigger of this.#deps.registry.triggers(event.type)) {
      if (saga !== undefined && trigger.saga.name !== saga) continue;
      const { answer } = await this.#name(event, trigger, false);
      const key = answer.ok ? (answer.key ?? event.correlationId) : null;
      if (key !== null) return { tenant: event.tenant, saga: trigger.saga.name, key };
    }
    return null;
  }

  /** A fact that a transition caused, about to take its position. */
  caused(fact: Fact): void {
    if (!this.accept(fact) && fact.event.stream === 'AGGREGATE_EVENTS') this.#deps.unrouted(fact);
  }

  /** Gives up an event that was given to its saga as often as allowed: it is to be looked at by a person. */
  giveUp(fact: Fact, saga: string, fault: ProgramFault, attempts: number): void {
    const isAddressed =
      fact.event.stream === 'WORKFLOW_EVENTS' && addressee(fact.event).to === 'instance';
    if (isAddressed) {
      this.#toAddressee(fact, fault);
      return;
    }
    const finding = { code: fault.code, reason: fault.message, at: null, attempts };
    this.#deps.submit(quarantineUnit(this.#deps, fact, saga, finding));
  }

  /** Has one saga name its instance for the event, and hands the event to it, in the order of arrival. */
  route(fact: Fact, trigger: Trigger): void {
    const { event } = fact;
    if (isTooDeep(fact)) {
      this.#deps.submit(this.#quarantine(fact, trigger.saga.name, TOO_DEEP));
      return;
    }
    const settings = this.#deps.registry.ready(trigger.release, trigger.saga.name);
    const key =
      settings.keyPath === undefined ? null : staticKey(settings.keyPath, event.data, fact.parsed);
    this.#routing += 1;
    const deliver = ({ trigger: asked, answer, tries }: Routed): void => {
      this.#routing -= 1;
      this.#routed(fact, asked, answer, tries);
    };
    if (key !== null) {
      // Known without the program, which then decides once there is an instance to decide for.
      this.#lanes.followKnown(settings.name, () =>
        deliver({ trigger, answer: { ok: true, key, seed: null, decided: null }, tries: 1 }),
      );
      return;
    }
    this.#lanes.follow(settings.name, this.#name(event, trigger, true), deliver, this.#deps.fatal);
  }

  /**
   * Has the program name the instance, again where its thread had to be ended. One of another release may have to, should
   * that become active meanwhile.
   */
  async #name(event: UnnumberedEvent, trigger: Trigger, decide: boolean): Promise<Routed> {
    const { registry, consumers, maxDeliver } = this.#deps;
    const { name } = trigger.saga;
    let asked = trigger;
    let tries = 1;
    for (;;) {
      try {
        const isFirst = decide && asked.saga.style === 'generator';
        const answer = await this.#askKey(event, asked, isFirst);
        if (answer.ok || answer.failure.host !== true || tries >= maxDeliver)
          return { trigger: asked, answer, tries };
        tries += 1;
        consumers.redelivered(name, event.tenant);
      } catch (error) {
        if (!(error instanceof CallRecalled)) throw error;
        asked = registry.sagaByName(name) ?? asked;
      }
    }
  }

  #askKey(event: UnnumberedEvent, trigger: Trigger, decide: boolean): Promise<RouteAnswer> {
    const { registry, sandbox } = this.#deps;
    const settings = registry.ready(trigger.release, trigger.saga.name);
    return sandbox.route({
      release: trigger.release,
      saga: settings.name,
      tenant: event.tenant,
      type: programType(event),
      eventId: event.id,
      data: event.data,
      now: event.receivedAt,
      gas: settings.gas,
      recallable: true,
      decide,
    });
  }

  #routed(fact: Fact, trigger: Trigger, answer: RouteAnswer, attempts: number): void {
    const { tenant, correlationId } = fact.event;
    const saga = trigger.saga.name;
    if (!answer.ok) {
      const { code, message, at } = answer.failure;
      const reason = `saga ${saga} failed to name the instance: ${message}`;
      this.#deps.submit(this.#quarantine(fact, saga, { code, reason, at, attempts }));
      return;
    }
    const key = answer.key ?? correlationId;
    if (key === null || key === '' || key.length > MAX_KEY_LENGTH || key.includes('\u0000')) {
      const reason =
        key === null || key === ''
          ? `saga ${saga} finds no key in it, and it has no correlationid`
          : `its key for saga ${saga} is longer than ${MAX_KEY_LENGTH} or holds U+0000`;
      this.#deps.submit(
        dispositionUnit(this.#deps, fact, { saga, status: 'unrouted', reason, instanceId: null }),
      );
      return;
    }
    const { decided, seed } = answer;
    this.#deliver(tenant, saga, key, {
      fact,
      kind: 'event',
      step: null,
      run: null,
      speculative:
        decided === null || seed === null || answer.key === null
          ? null
          : { release: trigger.release, seed, answer: decided },
      tries: 0,
      parked: false,
      opens: { app: trigger.app, release: trigger.release, parent: null },
    });
  }

  /** Takes a workflow event to the instance it names. */
  #toAddressee(fact: Fact, givenUp?: ProgramFault): void {
    const to = addressee(fact.event);
    if (to.to === 'nobody') return;
    fact.consumers = [to.saga];
    fact.isAhead = fact.event.source === OPERATOR_SOURCE;
    if (fact.seq === 0 && !fact.isAhead && this.#deps.leave(fact, to.saga)) {
      fact.left = fact.consumers;
      return;
    }
    if (to.to === 'saga') {
      this.#toSaga(fact, to.saga);
      return;
    }
    if (isTooDeep(fact)) {
      const unit = this.#quarantine(fact, to.saga, TOO_DEEP);
      this.#refuse(fact, to.parent, unit, TOO_DEEP.reason);
      return;
    }
    const trigger = to.opens ? this.#deps.registry.sagaByName(to.saga) : undefined;
    if (!to.opens || trigger !== undefined) {
      this.#deliverTo(to, deliveryOf(to, fact, trigger, givenUp));
      return;
    }
    this.#routing += 1;
    this.#lanes.follow(
      to.saga,
      this.#askersSaga(fact, to),
      (found) => {
        this.#routing -= 1;
        if (found === undefined) this.#noSaga(fact, to);
        else
          this.#deliver(fact.event.tenant, to.saga, to.key, deliveryOf(to, fact, found, givenUp));
      },
      this.#deps.fatal,
    );
  }

  /**
   * No active release has the saga any more: then it is that of the release which the asking parent, or the run that goes
   * on, is pinned to. Who stays on a release stays with all of it.
   */
  async #askersSaga(fact: Fact, to: Instance): Promise<Trigger | undefined> {
    const asker = fact.event.type === WORKFLOW_TYPES.sagaContinued ? to : to.parent;
    if (asker === null) return undefined;
    const pinned = await this.#deps.pinOf(fact.event.tenant, asker.saga, asker.key);
    if (pinned === null) return undefined;
    const saga = this.#deps.registry.load(pinned.release).sagas.get(to.saga);
    return saga === undefined ? undefined : { saga, ...pinned };
  }

  #noSaga(fact: Fact, to: Instance): void {
    const reason = `no active release has a saga ${to.saga}`;
    const unit = dispositionUnit(this.#deps, fact, {
      saga: to.saga,
      status: 'unrouted',
      reason,
      instanceId: null,
    });
    this.#refuse(fact, to.parent, unit, reason);
  }

  #deliverTo(to: Instance, delivery: Delivery): void {
    const { fact } = delivery;
    const deliver = (): void => this.#deliver(fact.event.tenant, to.saga, to.key, delivery);
    if (fact.isAhead) {
      // A person's act goes before what is parked, which follows it. A parent's goes behind its child's start.
      deliver();
      return;
    }
    // Behind the events that came before it and whose instance is still being named.
    this.#routing += 1;
    this.#lanes.followKnown(to.saga, () => {
      this.#routing -= 1;
      deliver();
    });
  }

  /** Gives an event to a saga by an operator's act. */
  #toSaga(fact: Fact, saga: string): void {
    const trigger = this.#deps.registry.sagaByName(saga);
    if (trigger !== undefined) {
      this.route(fact, trigger);
      return;
    }
    const reason = `no active release has a saga ${saga}`;
    this.#deps.submit(
      dispositionUnit(this.#deps, fact, { saga, status: 'unrouted', reason, instanceId: null }),
    );
  }

  /** The reason is in the record: it may hold what the author's code said of the event. */
  #quarantine(fact: Fact, saga: string, finding: QuarantineFinding): Unit {
    const { code, at } = finding;
    const { type, id } = fact.event;
    this.#deps.log.warn(
      { ...flowFields(fact.event), saga, type, eventId: id, code, at },
      'event quarantined',
    );
    return quarantineUnit(this.#deps, fact, saga, finding);
  }

  /** @param unit records what became of the event */
  #refuse(fact: Fact, parent: ParentRef | null, unit: Unit, reason: string): void {
    if (parent === null) {
      this.#deps.submit(unit);
      return;
    }
    const refused = this.#deps.childRefused(parent, fact, reason);
    this.#deps.submit(refusalUnit(this.#deps, unit, refused));
    this.#deps.enter(refused);
  }
}

function isTooDeep({ event }: Fact): boolean {
  return depthOf(event) > MAX_CAUSATION_DEPTH;
}

function deliveryOf(
  to: Instance,
  fact: Fact,
  trigger: Trigger | undefined,
  givenUp: ProgramFault | undefined,
): Delivery {
  return {
    fact,
    kind: to.kind,
    step: to.step,
    run: to.run,
    speculative: null,
    tries: 0,
    parked: false,
    opens:
      trigger === undefined
        ? null
        : { app: trigger.app, release: trigger.release, parent: to.parent },
    ...(givenUp === undefined ? {} : { givenUp }),
  };
}
