// Waiting that asks the collector for nothing while nobody looks at the page.

/**
 * Calls `act` after `millis`, or, if the page is hidden then, when it is shown again. Returns a
 * function that ends the wait.
 */
export function whenSeen(act, millis) {
  const due = () => {
    if (document.hidden) document.addEventListener('visibilitychange', due, { once: true });
    else act();
  };
  const timer = setTimeout(due, millis);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', due);
  };
}
