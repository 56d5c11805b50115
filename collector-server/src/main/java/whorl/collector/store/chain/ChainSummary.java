package whorl.collector.store.chain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of one agent's chain, for people. Counts are those since the agent started.
 *
 * @param state the worst that was found: {@code ok}, {@code gap}, {@code replay}, {@code fork},
 *     {@code second-speaker}
 * @param sequence the number of the last link
 * @param confirmed the last link that a heartbeat signed with the agent's key covers; 0 if none
 * @param missed messages that were not received, in {@code gaps} places
 * @param forks messages that do not follow from what was received
 * @param replays messages that were received before
 * @param speakers how often somebody else spoke as this agent, or tried to
 * @param dropped events and alerts that the agent itself says it dropped
 * @param last what was found last, in a sentence; null if nothing
 * @param lastAt when, by the collector's clock
 */
public record ChainSummary(
    String state,
    long sequence,
    long confirmed,
    long gaps,
    long missed,
    long forks,
    long replays,
    long speakers,
    long dropped,
    @Nullable String last,
    @Nullable Instant lastAt) {
  /** The summary of an agent that has a chain and has sent nothing. */
  public static final ChainSummary NEW = new ChainSummary("ok", 0, 0, 0, 0, 0, 0, 0, 0, null, null);
}
