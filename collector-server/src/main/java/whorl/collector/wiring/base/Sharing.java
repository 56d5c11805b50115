package whorl.collector.wiring.base;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.ReportWork;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.RecordsPlace;
import whorl.collector.config.ServeConfig;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.lost.LostAgents;
import whorl.collector.fleet.lost.MemoryLostAgents;
import whorl.collector.fleet.presence.PresenceListener;
import whorl.collector.fleet.presence.PresenceWatch;
import whorl.collector.fleet.presence.SharedLostAgents;
import whorl.collector.fleet.presence.SharedPresence;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.DatabaseClock;
import whorl.collector.store.database.Leases;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.jobs.JobLedger;
import whorl.collector.store.presence.LostAgentLedger;
import whorl.collector.store.presence.PresenceLedger;
import whorl.collector.timeline.index.SharedIndexWork;

/**
 * What a collector has to do with the others of its deployment.
 *
 * @param collector the name of this process; null if it shares its records with no other
 * @param ledger null likewise
 * @param clock the same for all of them
 */
public record Sharing(
    @Nullable String collector,
    Notifications notifications,
    Leases leases,
    Presence presence,
    @Nullable PresenceLedger ledger,
    InstantSource clock) {
  private static final int RANDOM_BYTES = 6;

  /**
   * Finds out whether there may be others.
   *
   * @param closing receives what must be closed, last opened first
   * @throws IOException if records are shared and evidence is not
   */
  public static Sharing open(ServeConfig config, Database database, List<AutoCloseable> closing)
      throws IOException {
    Notifications notifications = database.openNotifications();
    closing.add(0, notifications);
    if (!(config.records() instanceof RecordsPlace.Postgres)) {
      return new Sharing(
          null,
          notifications,
          new Leases(database, "alone"),
          Presence.ALONE,
          null,
          InstantSource.system());
    }
    if (!(config.objects() instanceof ObjectsPlace.Shared)) {
      throw new IOException(
          "--records is a database that collectors share, and evidence would stay in the folder of"
              + " this one: give --objects too, s3://BUCKET/PREFIX or a folder that all of them"
              + " have");
    }
    DataFolder folder = new DataFolder(config.dataFolder());
    if (Files.exists(folder.custodyLog())) {
      throw new IOException(
          "the data folder "
              + folder.root()
              + " is of a collector that keeps everything in it, and collectors that share their"
              + " records would delete some of that; give another one with --data, with its tokens:"
              + " --tokens "
              + folder.root().resolve("tokens")
              + " (whorl migrate moves its evidence)");
    }
    DatabaseClock clock = DatabaseClock.start(database);
    closing.add(0, clock);
    String name = name();
    PresenceLedger ledger = new PresenceLedger(database, name);
    return new Sharing(
        name,
        notifications,
        new Leases(database, name),
        new SharedPresence(ledger, notifications, name),
        ledger,
        clock);
  }

  /** True if other collectors may use the same records. */
  public boolean isShared() {
    return collector != null;
  }

  /** Where lost agents are remembered. */
  public LostAgents lostAgents(Database database) {
    return collector == null
        ? new MemoryLostAgents(System::nanoTime)
        : new SharedLostAgents(new LostAgentLedger(database, collector));
  }

  /** The reports that any collector may compute; null for a collector that is alone. */
  public @Nullable ReportWork reportWork(Database database) {
    return collector == null ? null : new ReportWork(new JobLedger(database, collector));
  }

  /** The evidence that any collector may index; null for a collector that is alone. */
  public @Nullable SharedIndexWork indexWork(Database database) {
    return collector == null ? null : new SharedIndexWork(new JobLedger(database, collector));
  }

  /**
   * Begins to exchange agents and captures with the others.
   *
   * @param pulse whether this collector can serve its agents
   * @param version of this collector
   */
  public void start(
      Fleet fleet,
      PresenceListener listener,
      PresenceWatch.Pulse pulse,
      String version,
      List<AutoCloseable> closing)
      throws IOException {
    if (!(presence instanceof SharedPresence shared) || ledger == null) {
      return;
    }
    shared.subscribe(listener).forEach(subscription -> closing.add(0, subscription));
    PresenceWatch watch =
        new PresenceWatch(ledger, shared, fleet, listener, leases, pulse, version);
    closing.add(0, watch);
    watch.start();
  }

  /** The host's name, for people, and random digits, because containers may share a name. */
  public static String name() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String host = System.getenv().getOrDefault("HOSTNAME", "collector");
    String safe = host.replaceAll("[^A-Za-z0-9.-]", "-");
    return safe.substring(0, Math.min(safe.length(), 64)) + "-" + HexFormat.of().formatHex(random);
  }
}
