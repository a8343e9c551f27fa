// When things are done: at most once in a frame, or after a quiet time.

/** @param {() => void} action */
export function oncePerFrame(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; action(); });
  };
}

/**
 * Do once after `wait` ms without being asked again.
 * @param {() => void} action
 * @param {number} wait
 */
export function afterQuiet(action, wait) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const ask = () => { clearTimeout(timer); timer = setTimeout(action, wait); };
  ask.cancel = () => clearTimeout(timer);
  return ask;
}
