// Waiting that asks the collector for nothing while nobody looks at the page.

/**
 * Calls `act` after so many milliseconds; if the page is hidden then, as soon as somebody looks at
 * it again. The function that it returns ends the wait.
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
