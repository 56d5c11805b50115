package whorl.collector.wiring.base;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.audit.AuditService;
import whorl.collector.audit.CustodyRoutes;
import whorl.collector.config.CustodyOptions;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.SeenDoubts;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.publish.CheckpointOutbox;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LeaseTurn;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.ObjectLog;
import whorl.collector.custody.publish.PublishedLog;
import whorl.collector.custody.publish.Turn;
import whorl.collector.export.ExportLog;
import whorl.collector.export.SeenEvidence;
import whorl.collector.fleet.agents.EnrolmentCustody;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.access.Origins;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.limits.ExportLedger;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.records.EnrolmentLedger;

/**
 * The custody log, and what publishes it.
 *
 * @param enrolments the keys of agents, which custody records
 * @param exports records what people read and took along
 */
public record CustodyWiring(
    CustodyLog log, LogPublisher publisher, EnrolmentLedger enrolments, ExportLog exports) {
  private static final Duration PUBLISHED_AFTER = Duration.ofMillis(700);

  /** Opens the log: in the data folder, or in the records if collectors share them. */
  public static CustodyWiring open(Foundation base) throws IOException {
    Database database = base.database();
    EnrolmentLedger enrolments = new EnrolmentLedger(database);
    EnrolmentCustody.LedgerUpdate update = new EnrolmentCustody.LedgerUpdate(enrolments);
    boolean together = base.sharing().isShared();
    ObjectStore shared = together ? base.objects().objects() : null;
    CustodyLog log =
        shared != null
            ? CustodyLog.shared(
                database,
                base.clock(),
                CustodyAction.ENROLLED,
                enrolments.lastSequence(),
                update::entry)
            : CustodyLog.open(
                base.folder(), Disk.LOCAL, base.clock(), base.records().ends(), update::entry);
    base.closeFirst(log);
    update.end();
    return new CustodyWiring(
        log,
        publisher(base, log, shared),
        enrolments,
        new ExportLog(log, base.clock(), together ? new ExportLedger(database) : null));
  }

  /** Starts to publish. */
  private static LogPublisher publisher(
      Foundation base, CustodyLog log, @Nullable ObjectStore shared) throws IOException {
    CustodyOptions options = base.config().custody();
    PublishedLog published =
        shared != null
            ? new ObjectLog(shared, base.database(), base.clock())
            : new FolderLog(base.folder(), Disk.LOCAL);
    SignerKey key = key(options, base.folder(), shared != null);
    Turn turn = shared != null ? turn(base) : Turn.ALWAYS;
    LogPublisher publisher = new LogPublisher(log, published, key, turn, base.clock());
    if (options.webhook() != null) {
      add(base, publisher, "webhook", CheckpointOutbox.webhook(options.webhook()));
    }
    if (options.tsa() != null) {
      add(base, publisher, "tsa", CheckpointOutbox.authority(options.tsa(), published));
    }
    base.closeFirst(publisher);
    base.every("checkpoint", PUBLISHED_AFTER, publisher::publish);
    return publisher;
  }

  private static Turn turn(Foundation base) {
    LeaseTurn turn = new LeaseTurn(base.sharing().leases());
    base.closeFirst(turn);
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

  private static void add(
      Foundation base, LogPublisher publisher, String to, CheckpointOutbox outbox) {
    publisher.addListener(outbox);
    base.closeFirst(outbox);
    base.readiness().addOptional(outbox::failure);
    base.metrics()
        .counter(
            "whorl_custody_checkpoint_failures_total",
            "Attempts to put out a checkpoint of the custody log that failed.",
            outbox.failures()::sum,
            "to",
            to);
  }

  /** Starts what looks after the log while the collector serves. */
  public void start(Foundation base) {
    base.every("custody-end", Duration.ofSeconds(1), log::rememberEnd);
    SeenDoubts doubts = new SeenDoubts(log);
    base.every("custody-doubts", Duration.ofSeconds(2), doubts::look);
    base.readiness().addOptional(() -> problem(doubts));
    Metrics metrics = base.metrics();
    metrics.gauge("whorl_custody_entries", "Entries of the custody log.", publisher::lastSize);
    metrics.gauge(
        "whorl_custody_checkpoint_age_seconds",
        "Seconds since this collector signed a checkpoint of the log; 0 before it has.",
        publisher::checkpointAgeSeconds);
    metrics.gauge(
        "whorl_custody_doubts",
        "Why the custody log can't be relied on; 0 when it can.",
        () -> doubts.now().size());
  }

  private static @Nullable String problem(SeenDoubts doubts) {
    List<String> now = doubts.now();
    return now.isEmpty() ? null : "custody is in doubt: " + now.get(0);
  }

  /**
   * The routes of the log, and of the audit.
   *
   * @param origins knows whose the entries are
   */
  public List<Route> routes(Foundation base, Origins origins, SeenEvidence seen) {
    List<Route> routes =
        new ArrayList<>(new CustodyRoutes(log, publisher, base.store(), seen).routes());
    routes.addAll(
        AuditService.open(
            base.database(), log, origins, base.clock(), base.metrics(), base.closing()));
    return routes;
  }
}
