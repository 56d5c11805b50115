package whorl.collector.identity;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Ownership;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.limit.Client;
import whorl.collector.limit.Quota;
import whorl.collector.receive.AgentOwners;
import whorl.collector.recent.RecentMap;
import whorl.collector.store.access.Owner;
import whorl.collector.store.access.OwnerLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * To whom agents belong, and with them their captures, uploads, evidence, alerts and journals. The
 * first identity that speaks as an agent, on a channel or with an upload, has it for good.
 *
 * <p>Two may send evidence of an agent that is not theirs, once it has been gone for five minutes,
 * because a volume may outlive its pod: a later pod of the same service account; and any proved
 * identity, if the agent only had the shared token. Thread-safe.
 */
public final class OwnedAgents implements AgentOwners, Ownership {
  private static final int MAX_REMEMBERED = 100_000;

  /** A pod starts few JVMs; each new agent has rows and entries that stay. */
  private static final int COST_OF_A_POD = 50;

  private static final Duration GONE = Duration.ofMinutes(5);
  private static final Owner SHARED = AgentProof.SHARED.owner();

  private final OwnerLedger ledger;
  private final Quota binding;
  private final IdentityCounters counters;
  private final LongSupplier nanos;
  private volatile @Nullable Peers peers;

  /** Owners do not change, so what is here stays true. */
  private final Map<Id, Used> remembered =
      Collections.synchronizedMap(RecentMap.byUse(MAX_REMEMBERED));

  /**
   * An owner.
   *
   * @param nanos when it last sent something here; null if it did not
   */
  private record Used(Owner owner, @Nullable Long nanos) {}

  /** What the fleet knows of agents. */
  public interface Peers {
    /** True if the agent was here before agents had owners, or with the shared token. */
    boolean isKnown(Id agent) throws IOException;

    boolean isConnected(Id agent) throws IOException;

    /** True if the agent has not been connected for five minutes. */
    boolean isGone(Id agent) throws IOException;

    /** Somebody tried to go on with what another began. */
    void foreign(Id agent, String why, String client, String remoteAddress) throws IOException;
  }

  /**
   * @param binding limits how many agents one client may have anew
   * @param nanos as {@link System#nanoTime}
   */
  public OwnedAgents(
      OwnerLedger ledger, Quota binding, LongSupplier nanos, IdentityCounters counters) {
    this.nanos = nanos;
    this.ledger = ledger;
    this.binding = binding;
    this.counters = counters;
  }

  /** Sets what the fleet knows; to be called before the first request. */
  public void use(Peers fleet) {
    peers = fleet;
  }

  /** Whether a caller may speak for an agent. */
  private enum Answer {
    YES,
    /** It inherits from the owner, which left just now. */
    EARLY,
    FOREIGN,
    TOO_MANY
  }

  /** What the caller wants to do for the agent. */
  private enum Purpose {
    CHANNEL,
    /** With an upload; somebody who inherits from the owner may do so too. */
    ADDITION,
    REMOVAL
  }

  @Override
  public AgentIdentity proved(AgentIdentity claimed, Principal principal) {
    AgentProof proof = proof(principal);
    if (proof.namespace() == null) {
      return claimed;
    }
    String pod = proof.pod() == null ? claimed.pod() : proof.pod();
    String podUid = proof.podUid() == null ? claimed.podUid() : proof.podUid();
    if (differs(claimed.namespace(), proof.namespace())
        || differs(claimed.pod(), pod)
        || differs(claimed.podUid(), podUid)) {
      counters.corrected.increment();
    }
    return new AgentIdentity(
        claimed.id(),
        claimed.service(),
        proof.namespace(),
        claimed.labels(),
        pod,
        podUid,
        claimed.container(),
        claimed.host(),
        claimed.pid(),
        claimed.jvm(),
        claimed.agentVersion());
  }

  private static boolean differs(@Nullable String claimed, @Nullable String proved) {
    return claimed != null && !claimed.equals(proved);
  }

  @Override
  public Claim claim(AgentIdentity agent, Principal principal, String remoteAddress)
      throws IOException {
    AgentProof proof = proof(principal);
    if (!proof.services().isEmpty() && !proof.services().contains(agent.service())) {
      counters.refused(Refusal.SERVICE);
      return new Claim(
          null,
          "its token is for "
              + proof.identity()
              + ", and it speaks for the service "
              + Text.shortened(agent.service()),
          false);
    }
    return switch (check(agent.id(), proof, remoteAddress, Purpose.CHANNEL)) {
      case YES -> new Claim(proof.isShared() ? null : proof.owner(), null, false);
      case EARLY, FOREIGN -> {
        counters.refused(Refusal.FOREIGN);
        yield new Claim(null, foreign(proof), false);
      }
      case TOO_MANY -> new Claim(null, tooMany(), true);
    };
  }

  @Override
  public void require(Id agent, Request request) throws IOException {
    require(agent, request, Purpose.ADDITION);
  }

  @Override
  public void requireOwner(Id agent, Request request) throws IOException {
    require(agent, request, Purpose.REMOVAL);
  }

  private void require(Id agent, Request request, Purpose purpose) throws IOException {
    AgentProof proof = proof(request.principal());
    Answer answer = check(agent, proof, request.remoteAddress(), purpose);
    switch (answer) {
      case YES -> {}
      case EARLY, FOREIGN -> {
        counters.refused(Refusal.FOREIGN);
        String why = foreign(proof);
        if (answer == Answer.FOREIGN) {
          fleet().foreign(agent, why, request.client(), request.remoteAddress());
        }
        throw new ProblemException(403, "not yours", "agent " + agent + ": " + why);
      }
      case TOO_MANY ->
          throw new ProblemException(
              429, "too many agents", tooMany(), Map.of("Retry-After", "60"));
    }
  }

  private Answer check(Id agent, AgentProof proof, String remoteAddress, Purpose purpose)
      throws IOException {
    Used used = remembered.get(agent);
    Owner owner = used == null ? ledger.find(agent) : used.owner();
    boolean hasSharedChannel = purpose == Purpose.CHANNEL && proof.isShared();
    if (owner == null && (hasSharedChannel || fleet().isKnown(agent))) {
      owner = SHARED; // and on a channel the fleet knows it from now on
    } else if (owner == null) {
      String client = proof.client(remoteAddress);
      if (!binding.take(client, Client.share(client) > 1 ? COST_OF_A_POD : 1)) {
        return Answer.TOO_MANY;
      }
      owner = ledger.claim(agent, proof.owner());
      counters.bound.increment();
    }
    if (owner.identity().equals(proof.identity())) {
      remembered.put(agent, new Used(owner, nanos.getAsLong()));
      return Answer.YES;
    }
    if (used == null) {
      remembered.put(agent, new Used(owner, null));
    }
    boolean isHeir =
        owner.equals(SHARED)
            || (proof.kind() == AgentProof.Kind.SERVICE_ACCOUNT
                && owner.account().equals(proof.account()));
    if (purpose != Purpose.ADDITION || !isHeir) {
      return Answer.FOREIGN;
    }
    if (isGone(agent, used)) {
      counters.heirs.increment();
      return Answer.YES;
    }
    return fleet().isConnected(agent) ? Answer.FOREIGN : Answer.EARLY;
  }

  private boolean isGone(Id agent, @Nullable Used used) throws IOException {
    Long last = used == null ? null : used.nanos();
    return (last == null || nanos.getAsLong() - last > GONE.toNanos())
        && fleet().isGone(agent)
        && ledger.isOlder(agent, GONE);
  }

  private @Nullable Owner known(Id agent) throws IOException {
    Used used = remembered.get(agent);
    return used == null ? ledger.find(agent) : used.owner();
  }

  @Override
  public @Nullable String problem(AgentIdentity claimed) throws IOException {
    Owner owner = known(claimed.id());
    List<String> services = owner == null ? List.of() : owner.services();
    return services.isEmpty() || services.contains(claimed.service())
        ? null
        : "manifest.json is of the service "
            + Text.shortened(claimed.service())
            + ", and the agent's token is for services "
            + String.join(",", services);
  }

  @Override
  public @Nullable String nameOf(Id agent) throws IOException {
    Owner owner = ownerOf(agent);
    return owner == null
        ? null
        : owner.pod() == null
            ? owner.identity()
            : owner.identity()
                + ", "
                + owner.account()
                + ", "
                + owner.namespace()
                + "/"
                + owner.pod();
  }

  /** The agent's owner; null if it only has the shared token. */
  public @Nullable Owner ownerOf(Id agent) throws IOException {
    Owner owner = known(agent);
    return owner == null || owner.equals(SHARED) ? null : owner;
  }

  private static String foreign(AgentProof proof) {
    return "it belongs to another identity than " + proof.name() + ", which speaks as it";
  }

  private String tooMany() {
    return "more than "
        + binding.max()
        + " new agents of one identity within a minute; try again later";
  }

  private Peers fleet() {
    return Objects.requireNonNull(peers, "set before the first request");
  }

  private static AgentProof proof(@Nullable Principal principal) {
    AgentProof proof = principal == null ? null : principal.proof();
    return proof == null ? AgentProof.SHARED : proof;
  }
}
