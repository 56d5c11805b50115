package whorl.collector.fleet.chain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.chain.ChainSummary;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ChainHead;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.ChainLink;
import whorl.evidence.channel.SignedHead;

/**
 * The chain of one connected agent, as this collector receives it. Thread-safe.
 *
 * <p>Only an exact repetition of a message is refused. Everything else is processed and named:
 * otherwise somebody who speaks as the agent could silence it.
 */
public final class AgentChain {
  /**
   * A verification takes a millisecond, and ten thousand agents have a heartbeat each ten seconds.
   */
  private static final long VERIFY_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

  private final AgentIdentity agent;
  private final @Nullable VerifyingKey key;
  private final boolean chained;
  private final RecentLinks recent = new RecentLinks();

  /** Guarded by this, as are the following fields: the last link that was received. */
  private ChainHead head;

  /** The last link whose message has been processed. */
  private ChainHead processed;

  private boolean first = true;
  private @Nullable ChainHead confirmed;
  private long confirmedNanos;
  private ChainSummary summary;
  private boolean changed;
  private boolean closed;

  /**
   * @param key the key that the agent proved; null if it has none
   * @param chained false for an agent without a chain; nothing is expected of it
   * @param head the last link that was received before this connection
   * @param summary what was found before this connection
   */
  AgentChain(
      AgentIdentity agent,
      @Nullable String key,
      boolean chained,
      ChainHead head,
      ChainSummary summary) {
    this.agent = agent;
    this.key = key == null ? null : VerifyingKey.of(key);
    this.chained = chained;
    this.head = head;
    this.processed = head;
    this.summary = summary;
    recent.add(head);
  }

  AgentIdentity agent() {
    return agent;
  }

  /** The last link whose message has been processed; null if the agent has no chain. */
  public synchronized @Nullable ChainHead processed() {
    return chained ? processed : null;
  }

  /** What was received so far has been processed. */
  synchronized void process() {
    changed |= chained && !processed.equals(head);
    processed = head;
  }

  /** The state for people; null if the agent has no chain and nothing was found. */
  public synchronized @Nullable ChainSummary summary() {
    return chained || summary.last() != null ? summary : null;
  }

  /**
   * A message of the agent.
   *
   * @param received its position: the number that it names, and the hash of what was received
   * @param findings receives what is wrong
   * @return false if the same message was received before, so that it must not be processed again
   */
  synchronized boolean link(ChainLink link, ChainHead received, List<ChainFinding> findings) {
    long sequence = link.sequence();
    if (sequence <= head.sequence()) {
      return repeated(received, findings);
    }
    if (sequence > head.sequence() + 1) {
      findings.add(gap(head.sequence() + 1, sequence - 1));
    } else if (!link.previous().equals(head.hash())) {
      findings.add(
          ChainFinding.of(
              ChainFault.FORK,
              "message "
                  + sequence
                  + " follows another message "
                  + head.sequence()
                  + " than the one that was received"));
    }
    advance(received, Math.max(summary.dropped(), link.dropped()));
    return true;
  }

  private boolean repeated(ChainHead received, List<ChainFinding> findings) {
    Boolean known = recent.contains(received);
    if (Boolean.FALSE.equals(known)) {
      findings.add(
          ChainFinding.of(
              ChainFault.FORK, "two different messages have the number " + received.sequence()));
      return true;
    }
    findings.add(
        ChainFinding.of(
            ChainFault.REPLAY,
            "message "
                + received.sequence()
                + " was received again after message "
                + head.sequence()));
    return known == null;
  }

  /** A message that must be a link, and is none. */
  synchronized void unlinked(List<ChainFinding> findings) {
    if (chained) {
      findings.add(
          ChainFinding.of(
              ChainFault.FORK,
              "a message that is no link of the chain came after message " + head.sequence()));
    }
  }

  /**
   * A heartbeat or goodbye.
   *
   * <p>A position is compared with what was received each time. Its signature is verified once a
   * minute, and whenever the position is another one than the collector's.
   *
   * @param signed null if it has no position
   * @param last true if the signature must be verified now, because no other position follows
   * @return true if the position is the agent's own and the last that was received, or if nothing
   *     is expected of this agent
   */
  synchronized boolean position(
      @Nullable SignedHead signed, boolean last, long nowNanos, List<ChainFinding> findings) {
    if (!chained) {
      return true;
    }
    if (signed == null) {
      findings.add(
          ChainFinding.of(
              ChainFault.FORK, "a heartbeat lacks its position after message " + head.sequence()));
      return false;
    }
    ChainHead stated = signed.head();
    boolean verified = last || isDue(nowNanos) || !stated.equals(head);
    if (!isSigned(signed, verified)) {
      findings.add(
          ChainFinding.of(
              ChainFault.FORK,
              "a heartbeat's position "
                  + stated.sequence()
                  + " is not signed with the agent's key"));
      return false;
    }
    if (stated.sequence() > head.sequence()) {
      findings.add(gap(head.sequence() + 1, stated.sequence()));
      advance(stated, summary.dropped());
    } else if (stated.sequence() < head.sequence()) {
      return earlier(stated, findings);
    } else if (!stated.equals(head)) {
      findings.add(
          ChainFinding.of(
              ChainFault.FORK,
              "the agent sent another message "
                  + stated.sequence()
                  + " than the one that was received"));
      advance(stated, summary.dropped());
      return false;
    }
    first = false;
    if (key != null && verified) {
      confirmed = stated;
      confirmedNanos = nowNanos;
    }
    summary = with(summary, head.sequence(), confirmedSequence(), summary.dropped());
    return true;
  }

  private boolean earlier(ChainHead stated, List<ChainFinding> findings) {
    Boolean known = recent.contains(stated);
    findings.add(
        Boolean.FALSE.equals(known)
            ? ChainFinding.of(
                ChainFault.FORK,
                "the agent sent another message "
                    + stated.sequence()
                    + " than the one that was received")
            : ChainFinding.of(
                ChainFault.REPLAY,
                "a heartbeat of message "
                    + stated.sequence()
                    + " was received after message "
                    + head.sequence()));
    return false;
  }

  private boolean isDue(long nowNanos) {
    return confirmed == null || nowNanos - confirmedNanos >= VERIFY_EVERY_NANOS;
  }

  /** What was verified before is not verified again: most heartbeats bring nothing new. */
  private boolean isSigned(SignedHead signed, boolean verify) {
    String signature = signed.signature();
    return key == null
        || (signature != null
            && (!verify
                || signed.head().equals(confirmed)
                || key.verifies(agent.id(), signed.head(), signature)));
  }

  /**
   * What the ledger had before this collector wrote its position.
   *
   * @return what is wrong; null if it is a position of this chain, or cannot be compared
   */
  synchronized @Nullable ChainFinding compare(ChainHead inLedger) {
    Boolean known = recent.contains(inLedger);
    return chained && Boolean.FALSE.equals(known)
        ? ChainFinding.of(
            ChainFault.SPEAKER,
            "another collector received another message "
                + inLedger.sequence()
                + " at the same time")
        : null;
  }

  /** Counts what was found, for {@link #summary}. */
  synchronized void found(ChainFinding finding, Instant now) {
    ChainFault fault = finding.fault();
    boolean gap = fault == ChainFault.GAP || fault == ChainFault.HOLE;
    summary =
        new ChainSummary(
            ChainFault.worse(summary.state(), fault.state()),
            summary.sequence(),
            summary.confirmed(),
            summary.gaps() + (gap ? 1 : 0),
            summary.missed() + finding.messages(),
            summary.forks() + (fault == ChainFault.FORK ? 1 : 0),
            summary.replays() + (fault == ChainFault.REPLAY ? 1 : 0),
            summary.speakers() + (fault == ChainFault.SPEAKER ? 1 : 0),
            summary.dropped(),
            finding.sentence(),
            now);
  }

  /** Returns the position to write; null if it has not changed since the last call. */
  synchronized @Nullable ChainHead takeChanged() {
    ChainHead position = changed ? processed : null;
    changed = false;
    return position;
  }

  /** The position is to be written, again or although it is an earlier connection's. */
  synchronized void change() {
    changed = true;
  }

  synchronized void close() {
    closed = true;
  }

  /** True if the connection has ended and its last position is written. */
  synchronized boolean isDone() {
    return closed && !changed;
  }

  private ChainFinding gap(long from, long to) {
    String which =
        from == to
            ? "message " + from
            : "messages " + from + " to " + to + " (" + (to - from + 1) + ")";
    return new ChainFinding(
        first ? ChainFault.GAP : ChainFault.HOLE,
        which
            + (from == to ? " was" : " were")
            + " not received, "
            + (first ? "sent before the agent connected again" : "although the connection is open"),
        to - from + 1);
  }

  private void advance(ChainHead next, long dropped) {
    head = next;
    first = false;
    recent.add(next);
    summary = with(summary, next.sequence(), confirmedSequence(), dropped);
  }

  private long confirmedSequence() {
    return Math.max(summary.confirmed(), confirmed == null ? 0 : confirmed.sequence());
  }

  private static ChainSummary with(
      ChainSummary before, long sequence, long confirmed, long dropped) {
    return new ChainSummary(
        before.state(),
        sequence,
        confirmed,
        before.gaps(),
        before.missed(),
        before.forks(),
        before.replays(),
        before.speakers(),
        dropped,
        before.last(),
        before.lastAt());
  }
}
