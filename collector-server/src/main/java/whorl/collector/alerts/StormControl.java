package whorl.collector.alerts;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Owner;
import whorl.collector.store.limits.StormLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Prevents one noisy rule on many replicas from filling the store: each rule may start only a few
 * captures per service in a sliding window, at all collectors together.
 *
 * <p>An agent states its own service name, so anybody with an agent's token can claim any name. But
 * no attacker can enrol a key in the past: captures of agents that enrolled much later than the
 * requesting agent do not count against it.
 *
 * <p>Safe for use by several threads.
 */
public final class StormControl {
  private final StormLedger ledger;
  private final Owners owners;

  /** Finds to whom an agent belongs. */
  @FunctionalInterface
  public interface Owners {
    /** The owner; null if the agent only has the shared token. */
    @Nullable Owner ownerOf(Id agent) throws IOException;
  }

  /** All agents only have the shared token. */
  public StormControl(StormLedger ledger) {
    this(ledger, agent -> null);
  }

  public StormControl(StormLedger ledger, Owners owners) {
    this.ledger = ledger;
    this.owners = owners;
  }

  /**
   * Takes one capture from the window.
   *
   * @param enrolledAt when the agent enrolled its key; null if it never did
   * @return null when the capture is admitted, else the reason for the refusal
   */
  public @Nullable String refusal(AgentIdentity agent, @Nullable Instant enrolledAt, String rule)
      throws IOException {
    return refusal(agent, enrolledAt, rule, false);
  }

  /**
   * The same for an alert from outside. Its rule may have the name of one of the agents' rules, and
   * takes nothing from that one's window.
   */
  @Nullable String refusalFromOutside(
      AgentIdentity agent, @Nullable Instant enrolledAt, String rule) throws IOException {
    return refusal(agent, enrolledAt, rule, true);
  }

  private @Nullable String refusal(
      AgentIdentity agent, @Nullable Instant enrolledAt, String rule, boolean isOutside)
      throws IOException {
    Owner owner = owners.ownerOf(agent.id());
    StormLedger.Rule inService =
        new StormLedger.Rule(
            agent.namespace(),
            agent.service(),
            rule,
            owner == null ? null : owner.account(),
            isOutside);
    StormLedger.Party party =
        owner == null
            ? new StormLedger.Party(agent.id().value(), false)
            : new StormLedger.Party(owner.identity(), true);
    return switch (ledger.take(inService, isOutside ? party.fromOutside() : party, enrolledAt)) {
      case ADMITTED -> null;
      case RULE_LIMIT ->
          "storm control: this rule had "
              + ledger.captures()
              + " full captures in this service within "
              + ledger.window().toSeconds()
              + " s; ask for one with POST /api/v1/captures";
      case AGENT_LIMIT ->
          "storm control: more than "
              + StormLedger.MAX_RULES_PER_AGENT
              + " rules had captures of this agent lately";
      case TABLE_LIMIT ->
          "storm control: more than " + StormLedger.MAX_RULES + " rules and services fired lately";
    };
  }
}
