package whorl.collector.receive;

import java.time.Duration;

/**
 * What the receiver takes.
 *
 * @param artifactMaxBytes one artifact
 * @param artifactsPerEvidence how many of them
 * @param unfinishedUploads at once, of all agents
 * @param freeReserveBytes what must stay free on the disk
 * @param evidenceAtOnce how many pieces of evidence may be in upload; more wait at their agents
 * @param expiry how long an upload waits for its agent
 */
public record ReceiveLimits(
    long artifactMaxBytes,
    int artifactsPerEvidence,
    int unfinishedUploads,
    long freeReserveBytes,
    int evidenceAtOnce,
    Duration expiry) {
  public static final ReceiveLimits DEFAULT =
      new ReceiveLimits(64L << 30, 20_000, 10_000, 512L << 20, 32, Duration.ofHours(24));

  /** The same with other figures for what may be set. */
  public ReceiveLimits with(long artifactMaxBytes, int evidenceAtOnce) {
    return new ReceiveLimits(
        artifactMaxBytes,
        artifactsPerEvidence,
        unfinishedUploads,
        freeReserveBytes,
        evidenceAtOnce,
        expiry);
  }
}
