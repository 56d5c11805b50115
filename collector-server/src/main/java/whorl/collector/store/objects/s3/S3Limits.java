package whorl.collector.store.objects.s3;

import java.time.Duration;

/**
 * Limits for requests. An attempt that fails or takes too long is repeated, a few times, until the
 * limit of the whole call.
 *
 * @param connections at once
 * @param connect for a connection to open
 * @param askAttempt for one attempt at a request without content
 * @param askCall for all its attempts
 * @param moveAttempt for one attempt at a request with content, of {@link #pieceBytes} at most
 * @param moveCall for all its attempts
 * @param pieceBytes the most bytes of one request; of these, a few are in memory at once
 * @param copyBytes the most bytes of one request that copies within the store
 */
record S3Limits(
    int connections,
    Duration connect,
    Duration askAttempt,
    Duration askCall,
    Duration moveAttempt,
    Duration moveCall,
    int pieceBytes,
    long copyBytes) {
  static final S3Limits DEFAULT =
      new S3Limits(
          64,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(150),
          8 << 20,
          256 << 20);
}
