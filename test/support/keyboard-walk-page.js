/*
 * Runs in the page, for `keyboard-walk.ts`: what can be focused, where the focus is after each Tab, and what a person who
 * has no mouse would miss.
 */
(() => {
  const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';
  /** Smaller than this it is there for screen readers; what stands for it is seen. */
  const SEEN_PIXELS = 4;
  /** @type {Set<HTMLElement>} */
  let wanted = new Set();
  /** @type {Set<Element>} */
  let reached = new Set();

  /** @param {HTMLElement} element */
  const canBeReached = (element) =>
    element.tabIndex >= 0 &&
    !element.matches(':disabled') &&
    element.closest('[inert]') === null &&
    element.checkVisibility({ visibilityProperty: true });

  /** @param {Element} element */
  const labelOf = (element) =>
    (element.getAttribute('aria-label') ?? element.textContent.trim()).slice(0, 60);

  /** @param {Element} element */
  const nameOf = (element) =>
    `${element.getAttribute('role') ?? element.localName} "${labelOf(element)}"`;

  /** One of native radio buttons is reached by Tab, the others from it by arrows. @param {Element} element */
  const isOneOfReached = (element) =>
    element instanceof HTMLInputElement &&
    element.type === 'radio' &&
    [...reached].some((one) => one instanceof HTMLInputElement && one.name === element.name);

  /** @param {Element | null} element */
  const hasRing = (element) => {
    if (element === null) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
  };

  /** @param {Element} element */
  const faultOf = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width <= SEEN_PIXELS || height <= SEEN_PIXELS) return null;
    const [x, y] = [left + width / 2, top + height / 2];
    const isInSight =
      left + width > 0 && top + height > 0 && left < innerWidth && top < innerHeight;
    if (!isInSight) return 'is focused out of sight';
    const above = document.elementFromPoint(
      Math.min(Math.max(x, 0), innerWidth - 1),
      Math.min(Math.max(y, 0), innerHeight - 1),
    );
    if (above !== null && !element.contains(above) && !above.contains(element))
      return `is focused under ${nameOf(above)}`;
    return hasRing(element) || hasRing(element.closest('label'))
      ? null
      : 'does not show that it is focused';
  };

  Object.assign(window, {
    holdfastWalk: {
      /** @param {boolean} anew from the top of the page; else from where the focus is */
      begin(anew) {
        wanted = new Set(
          [...document.querySelectorAll(FOCUSABLE)].filter(
            /** @returns {element is HTMLElement} */
            (element) => element instanceof HTMLElement && canBeReached(element),
          ),
        );
        reached = new Set();
        if (anew && document.activeElement instanceof HTMLElement) document.activeElement.blur();
      },
      /** Null once the focus has gone round, else what is wrong with where it is; empty for nothing. */
      step() {
        const element = document.activeElement;
        if (element === null || element === document.body || reached.has(element)) return null;
        reached.add(element);
        const fault = faultOf(element);
        return fault === null ? '' : `${nameOf(element)} ${fault}`;
      },
      /** What is there, can be used, and was not come by. */
      missed() {
        return [...wanted]
          .filter((one) => one.isConnected && canBeReached(one))
          .filter((one) => !reached.has(one) && !isOneOfReached(one))
          .map(nameOf);
      },
      /** The browser's own buttons are between the last and the first of a modal dialog: then the body has the focus. */
      isInDialog() {
        const { activeElement } = document;
        return activeElement === document.body || activeElement?.closest('dialog') !== null;
      },
      focused() {
        return document.activeElement === null ? '' : labelOf(document.activeElement);
      },
    },
  });
})();
