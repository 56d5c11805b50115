package whorl.collector.http.auth;

import whorl.collector.http.request.Principal;

/** Records who logs in at the page. Thread-safe. */
@FunctionalInterface
public interface LoginRecord {
  /** Records nothing. */
  LoginRecord NONE = (who, remoteAddress) -> {};

  /** Called when a session begins. Never fails: a login does not depend on it. */
  void loggedIn(Principal who, String remoteAddress);
}
