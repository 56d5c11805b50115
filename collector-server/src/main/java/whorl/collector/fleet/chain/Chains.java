package whorl.collector.fleet.chain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.chain.ChainLedger;
import whorl.collector.store.chain.ChainSummary;
import whorl.collector.store.chain.ManifestAnnouncements;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ChainHead;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Text;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.ChainLink;

/**
 * Checks the chains of all connected agents. The last link of each is in memory, and in the ledger
 * within a moment, so that any collector continues the chain where another ended. Safe for use by
 * several threads.
 */
public final class Chains {
  private static final Duration REMEMBERED = Duration.ofDays(30);
  private static final int NAME_MAX_CHARS = 256;

  private final ChainLedger ledger;
  private final ChainReports reports;
  private final OverdueEvidence overdue;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ChainCounters counters;
  private final Map<Id, AgentChain> chains = new ConcurrentHashMap<>();
  private final AwaitedAnnouncements awaited = new AwaitedAnnouncements();

  /** The newest events of an agent. */
  @FunctionalInterface
  public interface JournalTail {
    /** Returns the agent's last events, oldest first. */
    List<EventLine> newest(Id agent, int limit) throws IOException;
  }

  /** The agents that the collector remembers. */
  @FunctionalInterface
  public interface KnownAgents {
    /** Returns the agent as it was seen last; null if it is forgotten. */
    @Nullable AgentIdentity identity(Id agent) throws IOException;
  }

  /** Writes the journals. */
  @FunctionalInterface
  public interface JournalFlush {
    void flush() throws IOException;
  }

  /**
   * @param sink receives the alerts
   */
  public Chains(
      ChainLedger ledger,
      JournalTail journals,
      ChainAlertSink sink,
      InstantSource clock,
      LongSupplier nanos,
      ChainCounters counters) {
    this.ledger = ledger;
    this.reports = new ChainReports(ledger, journals, sink, clock, nanos, counters);
    this.overdue = new OverdueEvidence(ledger, sink, journals, clock);
    this.clock = clock;
    this.nanos = nanos;
    this.counters = counters;
  }

  /**
   * Continues the chain of an agent that connects, and whose key is proved if it has one. Calls for
   * one agent must not overlap.
   *
   * @param claimed the last link that the agent has made; null from agents without a chain
   * @param earlier what was found before; null if nothing is known
   * @param remoteAddress for people
   */
  public AgentChain open(
      AgentIdentity agent,
      @Nullable String key,
      @Nullable ChainHead claimed,
      @Nullable ChainSummary earlier,
      String remoteAddress)
      throws IOException {
    AgentChain before = chains.get(agent.id());
    ChainHead known = later(before == null ? null : before.processed(), ledger.find(agent.id()));
    String other = other(claimed, known);
    ChainHead from =
        known == null
            ? ChainHead.start(agent.id())
            : other == null || claimed == null ? known : claimed;
    AgentChain chain =
        new AgentChain(
            agent, key, claimed != null, from, earlier == null ? ChainSummary.NEW : earlier);
    if (before != null) {
      chain.change();
    }
    if (other != null) {
      found(chain, ChainFinding.of(ChainFault.SPEAKER, other + ", from " + remoteAddress));
      if (claimed != null) {
        ledger.replace(agent.id(), claimed);
      }
    }
    chains.put(agent.id(), chain);
    return chain;
  }

  /** Returns why the peer cannot be the process that the chain is known of; null if it can. */
  private static @Nullable String other(@Nullable ChainHead claimed, @Nullable ChainHead known) {
    if (known == null || known.sequence() == 0) {
      return null;
    }
    if (claimed == null) {
      return "a process without a chain connected as this agent, whose last message was "
          + known.sequence();
    }
    if (claimed.sequence() < known.sequence()) {
      return "a process that has sent "
          + Text.counted(claimed.sequence(), "message")
          + " connected as this agent, although "
          + known.sequence()
          + " were received";
    }
    return claimed.sequence() == known.sequence() && !claimed.equals(known)
        ? "a process with another message " + claimed.sequence() + " connected as this agent"
        : null;
  }

  private static @Nullable ChainHead later(@Nullable ChainHead one, @Nullable ChainHead other) {
    return one == null || (other != null && other.sequence() > one.sequence()) ? other : one;
  }

  /**
   * A peer named an agent's id and could not prove the agent's key.
   *
   * @param agent as it was known before
   */
  public void refused(AgentIdentity agent, String why, String remoteAddress) {
    ChainFinding finding =
        ChainFinding.of(
            ChainFault.SPEAKER,
            "a peer that connected as this agent from " + remoteAddress + " was refused: " + why);
    AgentChain chain = chains.get(agent.id());
    if (chain == null) {
      counters.count(finding);
      reports.found(agent, finding);
    } else {
      found(chain, finding);
    }
  }

  /**
   * Checks a message; {@link #processed} follows.
   *
   * @param text the message exactly as it was received
   * @return the result
   */
  public Check check(AgentChain chain, AgentMessage message, String text) throws IOException {
    List<ChainFinding> findings = new ArrayList<>(0);
    Check result = check(chain, message, text, findings);
    findings.forEach(finding -> found(chain, finding));
    return result;
  }

  /**
   * The result of a check.
   *
   * @param repeated true if the same message was processed before, so it must not be again
   * @param genuine false if this is no heartbeat or goodbye of the agent itself
   * @param changed true if something was found
   */
  public record Check(boolean repeated, boolean genuine, boolean changed) {}

  private Check check(
      AgentChain chain, AgentMessage message, String text, List<ChainFinding> findings)
      throws IOException {
    ChainLink link = message.chain();
    boolean repeated = false;
    boolean genuine = true;
    if (link != null) {
      counters.links.increment();
      ChainHead received = ChainHead.after(link.sequence(), text.getBytes(StandardCharsets.UTF_8));
      repeated = !chain.link(link, received, findings);
      if (!repeated && message instanceof AgentMessage.ManifestSealed sealed) {
        announced(chain, sealed, received, findings);
      }
    } else if (message instanceof AgentMessage.Status status) {
      genuine = chain.position(status.head(), false, nanos.getAsLong(), findings);
    } else if (message instanceof AgentMessage.Goodbye goodbye) {
      genuine = chain.position(goodbye.head(), true, nanos.getAsLong(), findings);
    } else if (message instanceof AgentMessage.Journal
        || message instanceof AgentMessage.AlertRaised
        || message instanceof AgentMessage.AlertJournal) {
      chain.unlinked(findings);
    }
    return new Check(repeated, genuine, !findings.isEmpty());
  }

  private void announced(
      AgentChain chain,
      AgentMessage.ManifestSealed sealed,
      ChainHead position,
      List<ChainFinding> findings)
      throws IOException {
    Id agent = chain.agent().id();
    if (!ledger.announced(sealed.evidence(), agent, position)) {
      counters.unreported.increment();
      return;
    }
    ManifestAnnouncements.Announced first = ledger.announced(sealed.evidence());
    if (first != null && (!first.agent().equals(agent) || !first.position().equals(position))) {
      findings.add(
          ChainFinding.of(
              ChainFault.FORK,
              "the manifest of evidence " + sealed.evidence() + " was announced twice"));
    }
  }

  /** The message that was checked last has been processed. */
  public void processed(AgentChain chain) {
    chain.process();
  }

  /** The connection has ended. */
  public void closed(AgentChain chain) {
    chain.close();
  }

  /**
   * Compares sealed evidence with what its agent announced. Agents without a chain announce
   * nothing.
   *
   * @param agent of the manifest
   * @param position in the manifest; null if it has none
   */
  public void sealed(AgentIdentity agent, Id evidence, @Nullable ChainHead position)
      throws IOException {
    AwaitedAnnouncements.Awaited sealed =
        new AwaitedAnnouncements.Awaited(named(agent), evidence, position, nanos.getAsLong());
    if (!compare(sealed) && (position != null || chains.containsKey(agent.id()))) {
      awaited.add(sealed);
    }
  }

  /**
   * What names the agent, cut: thousands may wait for their announcements, and a manifest may have
   * mebibytes of names.
   */
  private static AgentIdentity named(AgentIdentity agent) {
    return new AgentIdentity(
        agent.id(),
        Text.atMost(agent.service(), NAME_MAX_CHARS),
        cut(agent.namespace()),
        Map.of(),
        cut(agent.pod()),
        null,
        cut(agent.container()),
        cut(agent.host()),
        agent.pid(),
        "",
        "");
  }

  private static @Nullable String cut(@Nullable String name) {
    return name == null ? null : Text.atMost(name, NAME_MAX_CHARS);
  }

  /** Returns false if there is no announcement yet. */
  private boolean compare(AwaitedAnnouncements.Awaited sealed) throws IOException {
    ManifestAnnouncements.Announced announced = ledger.announced(sealed.evidence());
    if (announced == null) {
      return false;
    }
    boolean own = announced.agent().equals(sealed.agent().id()); // anybody can announce anything
    if (own && !announced.position().equals(sealed.position())) {
      ChainFinding finding =
          ChainFinding.of(
              ChainFault.FORK,
              "the manifest of evidence "
                  + sealed.evidence()
                  + " does not name message "
                  + announced.position().sequence()
                  + ", which announced it");
      AgentChain chain = chains.get(sealed.agent().id());
      if (chain == null) {
        counters.count(finding);
        reports.found(sealed.agent(), finding);
      } else {
        found(chain, finding);
      }
    }
    return true;
  }

  /**
   * Writes the journals and then the positions, so that no position claims a message whose events
   * are lost.
   */
  public void flush(JournalFlush journals) throws IOException {
    Map<AgentChain, ChainHead> changed = new HashMap<>();
    for (AgentChain chain : chains.values()) {
      ChainHead position = chain.takeChanged();
      if (position != null) {
        changed.put(chain, position);
      }
    }
    boolean written = false;
    try {
      journals.flush();
      write(changed);
      written = true;
    } finally {
      if (!written) {
        changed.keySet().forEach(AgentChain::change);
      }
    }
    chains.values().removeIf(AgentChain::isDone);
  }

  private void write(Map<AgentChain, ChainHead> changed) throws IOException {
    Map<Id, ChainHead> positions = new HashMap<>();
    changed.forEach((chain, position) -> positions.put(chain.agent().id(), position));
    Map<Id, ChainHead> before = ledger.advance(positions);
    for (AgentChain chain : changed.keySet()) {
      ChainHead inLedger = before.get(chain.agent().id());
      ChainFinding finding = inLedger == null ? null : chain.compare(inLedger);
      if (finding != null) {
        found(chain, finding);
      }
    }
  }

  /** Raises the alerts that are due; called every second by one thread. */
  public void raiseAlerts() throws IOException {
    OneByOne work = new OneByOne();
    work.run("announced evidence", () -> awaited.look(nanos.getAsLong(), this::compare));
    work.run("alerts about chains", reports::raise);
    work.end();
  }

  /** Raises alerts about announced evidence that did not arrive; called by the same thread. */
  public void raiseOverdue(KnownAgents agents) throws IOException {
    overdue.raise(agents);
  }

  /** Deletes what is known of agents that were not heard for thirty days. */
  public void forget() throws IOException {
    ledger.forget(REMEMBERED);
  }

  private void found(AgentChain chain, ChainFinding finding) {
    counters.count(finding);
    chain.found(finding, clock.instant());
    reports.found(chain.agent(), finding);
  }
}
