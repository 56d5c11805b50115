package whorl.collector.http.auth;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;

/**
 * The sessions of the page. Only the browser has a session's id; a digest of it is all that is
 * kept. Called on worker threads. Thread-safe.
 */
public interface Sessions {
  /** A session ends this long after its login. */
  Duration MAX_AGE = Duration.ofHours(12);

  /** A session ends this long after its last request. */
  Duration IDLE = Duration.ofHours(1);

  /** Limit for all sessions; beyond it, the one unused for the longest time ends. */
  int MAX = 1_000;

  /**
   * Limit for the sessions of one token or person; beyond it, the one unused for the longest time
   * ends.
   */
  int MAX_PER_TOKEN = 32;

  /**
   * An open session. What its user may do now is to be asked anew at each use.
   *
   * @param csrf the value that the page sends in {@code X-CSRF-Token}
   */
  record Session(Principal principal, String csrf) {
    /** True if this is the session's CSRF token. Compares in constant time. */
    boolean hasCsrf(@Nullable String sent) {
      return sent != null && MessageDigest.isEqual(Tokens.sha256(csrf), Tokens.sha256(sent));
    }
  }

  /**
   * A new session.
   *
   * @param id the cookie's value, which is stored nowhere
   */
  record Opened(String id, Session session) {}

  /** Begins a session of a token. */
  default Opened open(Principal principal) throws IOException {
    return open(principal, null);
  }

  /**
   * Begins a session.
   *
   * @param providerSession the session at the identity provider, for {@link #endOf}; null if it is
   *     not known
   */
  Opened open(Principal principal, @Nullable String providerSession) throws IOException;

  /**
   * Returns the session with this id and marks it as used; null when it is unknown or has ended.
   */
  @Nullable Session use(String id) throws IOException;

  /** Ends the session with this id, if it exists. */
  void end(String id) throws IOException;

  /**
   * Ends sessions of people whom an identity provider named. A session that its login did not name
   * may be the one that the provider means, so it ends with any of the subject's.
   *
   * @param subject null for any
   * @param providerSession null for all of the subject's
   * @return how many
   */
  int endOf(String issuer, @Nullable String subject, @Nullable String providerSession)
      throws IOException;

  /** Returns the number of open sessions, without waiting for anything. */
  int size();
}
