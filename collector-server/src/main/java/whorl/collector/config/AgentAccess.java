package whorl.collector.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How agents may prove who they are, besides tokens that are bound to services.
 *
 * @param issuers of tokens of Kubernetes service accounts
 * @param certificates how a client certificate identifies an agent; null if it does not
 * @param sharedToken true if the token that all agents share is accepted
 * @param maxBytesADay what agents of one identity may send in a day; null for half of the disk
 */
public record AgentAccess(
    List<AgentIssuer> issuers,
    @Nullable CertificateName certificates,
    boolean sharedToken,
    @Nullable Long maxBytesADay) {
  /** Only tokens of the tokens file, the shared one too. */
  public static final AgentAccess TOKENS = new AgentAccess(List.of(), null, true, null);

  private static final int MAX_ISSUERS = 100;

  public AgentAccess {
    issuers = List.copyOf(issuers);
  }

  /** What a client certificate names. */
  public enum CertificateName {
    /** The SPIFFE id, the only URI of its subject alternative names. */
    SPIFFE,
    /** The subject. */
    SUBJECT
  }

  /**
   * The options as they are given.
   *
   * @param issuers null for none
   * @param certificates {@code spiffe} or {@code subject}; null for none
   */
  public record Given(
      @Nullable List<String> issuers,
      @Nullable String certificates,
      boolean noSharedToken,
      @Nullable String maxADay) {
    /** None is given. */
    public static final Given NONE = new Given(null, null, false, null);

    AgentAccess parse(boolean clientCa, List<String> problems) {
      List<AgentIssuer> parsed = new ArrayList<>();
      Set<String> names = new HashSet<>();
      for (String text : issuers == null ? List.<String>of() : issuers) {
        try {
          AgentIssuer issuer = AgentIssuer.parse(text);
          parsed.add(issuer);
          if (!names.add(issuer.issuer())) {
            problems.add("--agent-issuer " + issuer.issuer() + ": is given twice");
          }
        } catch (IllegalArgumentException e) {
          problems.add("--agent-issuer " + text + ": " + e.getMessage());
        }
      }
      if (parsed.size() > MAX_ISSUERS) {
        problems.add("--agent-issuer: at most " + MAX_ISSUERS + " of them");
      }
      return new AgentAccess(
          parsed, certificateName(clientCa, problems), !noSharedToken, maxBytesADay(problems));
    }

    private @Nullable Long maxBytesADay(List<String> problems) {
      try {
        return maxADay == null ? null : ByteSize.parse(maxADay);
      } catch (IllegalArgumentException e) {
        problems.add("--max-per-day " + maxADay + ": " + e.getMessage());
        return null;
      }
    }

    private @Nullable CertificateName certificateName(boolean clientCa, List<String> problems) {
      if (certificates == null) {
        return null;
      }
      if (!clientCa) {
        problems.add("--agent-certificates needs --client-ca, which says who signs them");
      }
      for (CertificateName each : CertificateName.values()) {
        if (each.name().toLowerCase(Locale.ROOT).equals(certificates)) {
          return each;
        }
      }
      problems.add("--agent-certificates " + certificates + ": spiffe or subject");
      return null;
    }
  }
}
