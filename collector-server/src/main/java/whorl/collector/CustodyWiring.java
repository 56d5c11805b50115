package whorl.collector;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.config.CustodyOptions;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.publish.CheckpointOutbox;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.PublishedLog;
import whorl.collector.custody.publish.Turn;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;

/** Connects the custody log with what publishes it. */
final class CustodyWiring {
  private static final Duration PUBLISHED_AFTER = Duration.ofMillis(700);

  private CustodyWiring() {}

  /** Reads the key that signs checkpoints; the data folder's own is made at the first start. */
  static SignerKey key(CustodyOptions options, DataFolder folder) throws IOException {
    if (options.key() == null) {
      return LogKey.open(folder, Disk.LOCAL);
    }
    try {
      return LogKey.read(options.key());
    } catch (NoSuchFileException e) {
      throw new IOException(
          "--custody-key "
              + options.key()
              + ": no such file; copy the custody/log.key of a"
              + " collector there, or of its backup",
          e);
    }
  }

  /**
   * Starts to publish.
   *
   * @param closing gets what is to be closed before the log is
   */
  static LogPublisher start(
      CustodyLog custody,
      PublishedLog published,
      SignerKey key,
      Turn turn,
      InstantSource clock,
      CustodyOptions options,
      Metrics metrics,
      Readiness readiness,
      List<AutoCloseable> closing) {
    LogPublisher publisher = new LogPublisher(custody, published, key, turn, clock);
    if (options.webhook() != null) {
      add(
          "webhook",
          CheckpointOutbox.webhook(options.webhook()),
          publisher,
          metrics,
          readiness,
          closing);
    }
    if (options.tsa() != null) {
      add(
          "tsa",
          CheckpointOutbox.authority(options.tsa(), published),
          publisher,
          metrics,
          readiness,
          closing);
    }
    closing.add(0, publisher);
    closing.add(0, PeriodicTask.start("checkpoint", PUBLISHED_AFTER, publisher::publish));
    return publisher;
  }

  private static void add(
      String to,
      CheckpointOutbox outbox,
      LogPublisher publisher,
      Metrics metrics,
      Readiness readiness,
      List<AutoCloseable> closing) {
    publisher.addListener(outbox);
    closing.add(0, outbox);
    readiness.addOptional(outbox::failure);
    metrics.counter(
        "whorl_custody_checkpoint_failures_total",
        "Attempts to put out a checkpoint of the custody log that failed.",
        outbox.failures()::sum,
        "to",
        to);
  }
}
