package whorl.collector.http.request;

import org.jspecify.annotations.Nullable;
import whorl.collector.limit.Client;

/**
 * The caller of a request.
 *
 * @param name for custody, log and quotas of people: the role and the first eight hexadecimal
 *     digits of the token's SHA-256, never the token; for a person of the identity provider, {@link
 *     Person#principalName}; for an agent, who it proved to be
 * @param proof how an agent proved who it is; null for people and webhooks
 * @param access what the caller may do, and with whose evidence; {@code role} is the highest role
 *     in it
 * @param person whom the identity provider names; null for tokens of the tokens file and agents
 */
public record Principal(
    Role role, String name, @Nullable AgentProof proof, Access access, @Nullable Person person) {
  private static final String TOKEN = " (token ";

  /** A caller whom no identity provider names. */
  public Principal(Role role, String name, @Nullable AgentProof proof, Access access) {
    this(role, name, proof, access, null);
  }

  /** A caller that has this role for all that the collector keeps. */
  public Principal(Role role, String name, @Nullable AgentProof proof) {
    this(role, name, proof, Access.everywhere(role));
  }

  /** A caller with a token of this role; an agent has the shared one. */
  public Principal(Role role, String name) {
    this(role, name, role == Role.AGENT ? AgentProof.SHARED : null);
  }

  /**
   * Whom the limits for agents count.
   *
   * @param principal null for a caller that is not known
   */
  public static String client(@Nullable Principal principal, String remoteAddress) {
    AgentProof proof = principal == null ? null : principal.proof();
    return proof == null ? Client.network(remoteAddress) : proof.client(remoteAddress);
  }

  /** The name of a caller with an API token: who made it, and its id. */
  public static String nameWithToken(String maker, String tokenId) {
    return maker + TOKEN + tokenId + ")";
  }

  /**
   * Whose quota of people counts: with an API token that of its maker, who may have many. It does
   * not say whose things the caller sees: the token may be for a part of what its maker sees.
   */
  public String quotaOwner() {
    int token = name.indexOf(TOKEN);
    return token < 0 ? name : name.substring(0, token);
  }
}
