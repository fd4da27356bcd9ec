/*
 * Runs in the page before its own code, and measures what a person would feel. `holdfastProbe.begin()` and `.end()` frame
 * what is counted. Kept cheap: numbers into arrays, and one callback a frame.
 *
 * - `frames`: milliseconds between one animation frame and the next.
 * - `tasks`: milliseconds of each task of 50 and more (Long Tasks API).
 * - `acts`: milliseconds from a key, click or turn of the wheel, as the browser stamped it, until the frame that answers is
 *   done; for keys and clicks what the browser itself says (Event Timing API, to the presentation of the frame, told from
 *   16 ms on) where that is more.
 * - `messages`: server-sent events that the page read.
 */
(() => {
  const FRAME_AND_MORE_MS = 16;
  /** @type {number[]} */
  let frames = [];
  /** @type {number[]} */
  let tasks = [];
  /** @type {Map<string, number>} by kind and time stamp */
  let acts = new Map();
  let messages = 0;
  let running = false;
  let before = 0;
  let beganAt = 0;

  /** @param {number} now */
  const frame = (now) => {
    if (!running) return;
    if (before > 0) frames.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };

  const longTasks = new PerformanceObserver((list) => {
    for (const task of list.getEntries())
      if (running && task.startTime >= beganAt) tasks.push(task.duration);
  });
  /** @param {PerformanceEntryList} entries */
  const take = (entries) => {
    for (const { name, startTime, duration } of entries) {
      const act = `${name} ${startTime}`;
      const known = acts.get(act);
      if (known !== undefined) acts.set(act, Math.max(known, duration));
    }
  };
  const timings = new PerformanceObserver((list) => take(list.getEntries()));
  longTasks.observe({ type: 'longtask' });
  timings.observe({ type: 'event', durationThreshold: FRAME_AND_MORE_MS });

  /**
   * Calls back once the frame that is being made is done.
   *
   * @param {() => void} callback
   */
  const afterFrame = (callback) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => {
        port1.close();
        callback();
      });
      port1.start();
      port2.postMessage(null);
    });
  };
  /** @type {number | null} when the wheel was turned and nothing has moved yet */
  let turnedAt = null;
  /** @param {string} kind @param {number} stamp */
  const timed = (kind, stamp) => {
    turnedAt = null;
    if (!running) return;
    afterFrame(() => acts.set(`${kind} ${stamp}`, performance.now() - stamp));
  };
  for (const kind of ['click', 'keydown'])
    addEventListener(kind, (event) => timed(kind, event.timeStamp), { capture: true });
  const watched = { capture: true, passive: true };
  addEventListener('wheel', ({ timeStamp }) => (turnedAt = timeStamp), watched);
  addEventListener('scroll', () => turnedAt !== null && timed('scroll', turnedAt), watched);

  const fetchOfPage = window.fetch;
  window.fetch = async (...request) => {
    const response = await fetchOfPage(...request);
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream') && response.body !== null) watch(response.body);
    return response;
  };
  /** @param {ReadableStream<Uint8Array>} body */
  function watch(body) {
    const open = body.getReader.bind(body);
    // The one way in which the console's client reads a stream.
    Object.defineProperty(body, 'getReader', {
      value: () => {
        const reader = open();
        const read = reader.read.bind(reader);
        const line = { alike: 0 };
        reader.read = async () => {
          const chunk = await read();
          if (chunk.value !== undefined) count(chunk.value, line);
          return chunk;
        };
        return reader;
      },
    });
  }
  const LINE_FEED = 10;
  const DATA = Array.from('data:', (letter) => letter.charCodeAt(0));
  /**
   * Lines that begin with `data:`, wherever chunks are cut; ours have one a message.
   *
   * @param {Uint8Array} bytes
   * @param {{ alike: number }} line
   */
  function count(bytes, line) {
    for (const byte of bytes) {
      if (byte === LINE_FEED) {
        line.alike = 0;
      } else if (line.alike >= 0) {
        line.alike = byte === DATA[line.alike] ? line.alike + 1 : -1;
        if (line.alike === DATA.length) {
          line.alike = -1;
          if (running) messages += 1;
        }
      }
    }
  }

  window.holdfastProbe = {
    begin() {
      frames = [];
      tasks = [];
      acts = new Map();
      messages = 0;
      before = 0;
      turnedAt = null;
      beganAt = performance.now();
      running = true;
      requestAnimationFrame(frame);
    },
    end() {
      running = false;
      for (const entry of longTasks.takeRecords())
        if (entry.startTime >= beganAt) tasks.push(entry.duration);
      take(timings.takeRecords());
      return {
        seconds: (performance.now() - beganAt) / 1000,
        frames,
        tasks,
        acts: [...acts].map(([act, ms]) => ({ kind: act.split(' ')[0], ms })),
        messages,
      };
    },
  };
})();
