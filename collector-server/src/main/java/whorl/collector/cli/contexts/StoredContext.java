package whorl.collector.cli.contexts;

import org.jspecify.annotations.Nullable;

/**
 * A collector, and who the user is there: by a token or by a login.
 *
 * @param url without a path; the credentials go to no other
 * @param ca as {@code --ca}; the other files likewise
 * @param user as the collector named the user at the login
 */
public record StoredContext(
    String url,
    @Nullable String ca,
    @Nullable String clientCert,
    @Nullable String clientKey,
    String user,
    @Nullable String token,
    @Nullable StoredLogin login) {
  /** The same with another login. */
  public StoredContext with(StoredLogin other) {
    return new StoredContext(url, ca, clientCert, clientKey, user, null, other);
  }

  /** Never shows a token. */
  @Override
  public String toString() {
    return user + " at " + url;
  }
}
