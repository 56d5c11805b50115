package whorl.collector.http.request;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.limit.Client;
import whorl.collector.store.access.Owner;

/**
 * How an agent proved who it is. What is in here is not the agent's own word.
 *
 * @param identity the same at each request of this agent, and different for any other; only it may
 *     add to what it began
 * @param account shares one budget of the store: the service account of all its pods, for instance
 * @param issuer of the service account's token
 * @param services the services that it may speak for; empty if the proof does not say
 * @param expires when the proof ends; null if it does not
 */
public record AgentProof(
    Kind kind,
    String identity,
    String account,
    @Nullable String issuer,
    @Nullable String namespace,
    @Nullable String serviceAccount,
    @Nullable String pod,
    @Nullable String podUid,
    Set<String> services,
    @Nullable Instant expires) {
  /** The name of the identity and the account of all that have only the shared token. */
  public static final String SHARED_NAME = "shared";

  /** The agent has the token that all agents share, which proves no more than that. */
  public static final AgentProof SHARED =
      new AgentProof(
          Kind.SHARED_TOKEN,
          SHARED_NAME,
          SHARED_NAME,
          null,
          null,
          null,
          null,
          null,
          Set.of(),
          null);

  public AgentProof {
    services = Set.copyOf(services);
  }

  /** The kinds of proof, the strongest first. */
  public enum Kind {
    /** A projected token of a Kubernetes service account, which names the pod. */
    SERVICE_ACCOUNT,
    /** A client certificate. */
    CERTIFICATE,
    /** An enrolment token, which is bound to services. */
    ENROLMENT_TOKEN,
    /** The token that all agents share. */
    SHARED_TOKEN;

    /** The word in the API, in metrics and in the log. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The proof of a pod, by the claims of its verified token. */
  public static AgentProof ofPod(
      String issuer,
      String namespace,
      String serviceAccount,
      String pod,
      String podUid,
      Instant expires) {
    return new AgentProof(
        Kind.SERVICE_ACCOUNT,
        "pod " + podUid + " of " + issuer,
        "system:serviceaccount:" + namespace + ":" + serviceAccount + " of " + issuer,
        issuer,
        namespace,
        serviceAccount,
        pod,
        podUid,
        Set.of(),
        expires);
  }

  /**
   * The proof of a client certificate.
   *
   * @param name its SPIFFE id or subject
   */
  public static AgentProof ofCertificate(
      String name,
      @Nullable String namespace,
      @Nullable String serviceAccount,
      @Nullable Instant expires) {
    String identity = "certificate " + name;
    return new AgentProof(
        Kind.CERTIFICATE,
        identity,
        identity,
        null,
        namespace,
        serviceAccount,
        null,
        null,
        Set.of(),
        expires);
  }

  /** The proof of an enrolment token: another token for the same services is the same identity. */
  public static AgentProof ofServices(Set<String> services) {
    String identity = "services " + String.join(",", new TreeSet<>(services));
    return new AgentProof(
        Kind.ENROLMENT_TOKEN, identity, identity, null, null, null, null, null, services, null);
  }

  /** What the records keep of it. */
  public Owner owner() {
    return new Owner(
        kind.word(),
        identity,
        account,
        issuer,
        namespace,
        serviceAccount,
        pod,
        podUid,
        services.stream().sorted().toList());
  }

  /** True if no more is known than that the agent has the shared token. */
  public boolean isShared() {
    return kind == Kind.SHARED_TOKEN;
  }

  /** The name for people: in the log, in custody and in refusals. */
  public String name() {
    return kind == Kind.SERVICE_ACCOUNT
        ? "pod " + namespace + "/" + pod + " (service account " + serviceAccount + ")"
        : identity;
  }

  /**
   * Whom the limits count: the identity, or the network of a peer that has only the shared token.
   *
   * @param remoteAddress of the peer
   */
  public String client(String remoteAddress) {
    return switch (kind) {
      case SHARED_TOKEN -> Client.network(remoteAddress);
      case SERVICE_ACCOUNT -> Client.single(identity);
      case CERTIFICATE, ENROLMENT_TOKEN -> Client.group(identity);
    };
  }
}
