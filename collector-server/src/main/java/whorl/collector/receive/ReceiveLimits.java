package whorl.collector.receive;

import java.time.Duration;

/**
 * The receiver's limits.
 *
 * @param artifactMaxBytes of one artifact
 * @param artifactsPerEvidence the number of artifacts
 * @param unfinishedUploads at once, of all agents
 * @param freeReserveBytes the space that must stay free on the disk
 * @param evidenceAtOnce the number of pieces of evidence that are uploaded at once; agents wait
 *     with more
 * @param expiry for how long an upload waits for its agent
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

  /** A copy with other values for the configurable limits. */
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
