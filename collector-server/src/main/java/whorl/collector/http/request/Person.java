package whorl.collector.http.request;

import java.util.List;

/**
 * A person, as the identity provider names it.
 *
 * @param issuer the provider
 * @param subject never changes and is never given to another person, unlike the other names
 * @param username what the person logs in with; empty if the provider does not say
 * @param displayName for people to read
 * @param groups at the login, or when the token was issued
 */
public record Person(
    String issuer, String subject, String username, String displayName, List<String> groups) {
  public Person {
    groups = List.copyOf(groups);
  }

  /**
   * The principal's name, for custody, log and quotas: such as {@code oidc:alice#f3b1…}. The
   * subject is in it because providers let people change their username, also to one that another
   * person had.
   */
  public String principalName() {
    return username.isEmpty() ? "oidc:" + subject : "oidc:" + username + "#" + subject;
  }

  /** Never shows the groups. */
  @Override
  public String toString() {
    return principalName() + " of " + issuer;
  }
}
