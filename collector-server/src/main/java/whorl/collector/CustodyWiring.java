package whorl.collector;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.CustodyOptions;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.publish.CheckpointOutbox;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LeaseTurn;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.ObjectLog;
import whorl.collector.custody.publish.PublishedLog;
import whorl.collector.custody.publish.Turn;
import whorl.collector.fleet.agents.EnrolmentCustody;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.PeriodicTask;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.records.EnrolmentLedger;

/** The custody log, and what publishes it. */
record CustodyWiring(CustodyLog log, LogPublisher publisher) {
  private static final Duration PUBLISHED_AFTER = Duration.ofMillis(700);

  /**
   * The existing parts that these need.
   *
   * @param objects where tiles and checkpoints of a shared log go; null if there is none
   */
  record Parts(
      CustodyOptions options,
      DataFolder folder,
      RecordsWiring records,
      @Nullable ObjectStore objects,
      Sharing sharing,
      EnrolmentLedger enrolments,
      InstantSource clock) {}

  /**
   * Opens the log: in the data folder, or in the records if collectors share them.
   *
   * @param closing receives what must be closed, last opened first
   */
  static CustodyWiring open(
      Parts parts, Metrics metrics, Readiness readiness, List<AutoCloseable> closing)
      throws IOException {
    EnrolmentCustody.LedgerUpdate update = new EnrolmentCustody.LedgerUpdate(parts.enrolments());
    ObjectStore shared = parts.sharing().isShared() ? parts.objects() : null;
    CustodyLog log =
        shared != null
            ? CustodyLog.shared(
                parts.records().database(),
                parts.clock(),
                CustodyAction.ENROLLED,
                parts.enrolments().lastSequence(),
                update::entry)
            : CustodyLog.open(
                parts.folder(), Disk.LOCAL, parts.clock(), parts.records().ends(), update::entry);
    closing.add(0, log);
    update.end();
    return new CustodyWiring(
        log,
        start(
            log,
            shared != null
                ? new ObjectLog(shared, parts.records().database(), parts.clock())
                : new FolderLog(parts.folder(), Disk.LOCAL),
            key(parts.options(), parts.folder(), shared != null),
            shared != null ? turn(parts.sharing(), closing) : Turn.ALWAYS,
            parts.clock(),
            parts.options(),
            metrics,
            readiness,
            closing));
  }

  private static Turn turn(Sharing sharing, List<AutoCloseable> closing) {
    LeaseTurn turn = new LeaseTurn(sharing.leases());
    closing.add(0, turn);
    return turn;
  }

  /** Reads the key that signs checkpoints; the data folder's own is made at the first start. */
  private static SignerKey key(CustodyOptions options, DataFolder folder, boolean shared)
      throws IOException {
    if (options.key() == null && shared) {
      throw new IOException(
          "collectors that share a custody log need one key that signs it: give --custody-key FILE,"
              + " the same for all of them (whorl custody-key FILE makes one)");
    }
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
  private static LogPublisher start(
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
