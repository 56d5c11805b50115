package whorl.collector.notify;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.Reload;
import whorl.collector.notify.file.Notifications;
import whorl.collector.notify.file.NotifyFile;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Leases;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.outbox.OutboxLedger;
import whorl.collector.store.outbox.OutboxStatus;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.JournalLedger;

/**
 * Notifications, wired: the file, the outbox and the deliveries.
 *
 * @param notifier is called with what happens
 */
public record Notify(Notifier notifier, List<Route> routes) {
  private static final Logger LOG = LoggerFactory.getLogger(Notify.class);
  private static final Duration SETTLED = Duration.ofSeconds(10);

  /**
   * What it is made from.
   *
   * @param file null if there are no notifications
   * @param page the address of the page, if the file has none; null if it is not known
   * @param collector the name of this process
   * @param clock the same for all collectors
   */
  public record Parts(
      @Nullable Path file,
      @Nullable URI page,
      Database database,
      LedgerTime time,
      String collector,
      InstantSource clock) {}

  /**
   * Starts deliveries.
   *
   * @param closing receives what must be closed, last opened first
   * @throws IOException if the file is wrong, with its problems
   */
  public static Notify open(Parts parts, Metrics metrics, List<AutoCloseable> closing)
      throws IOException {
    NotifyFile file = parts.file() == null ? null : NotifyFile.open(parts.file());
    Supplier<Notifications> now = file == null ? () -> Notifications.NONE : file::now;
    Supplier<@Nullable String> problem = file == null ? () -> null : file::problem;
    Supplier<@Nullable URI> page =
        () -> {
          URI given = now.get().page();
          return given == null ? parts.page() : given;
        };
    OutboxLedger outbox =
        new OutboxLedger(
            parts.database(), parts.time(), parts.collector(), OutboxLedger.Limits.DEFAULT);
    NotifyCounters counters = new NotifyCounters();
    Notifier notifier =
        new Notifier(now, outbox, new AgentLedger(parts.database()), parts.clock(), counters);
    TestSender tests = new TestSender(parts.clock(), page);
    closing.add(0, tests);
    if (file != null) {
      closing.add(0, new Deliveries(now, sources(parts, outbox), page, counters));
      closing.add(0, new Reload().with("notifications", file::reload).start());
    }
    register(metrics, counters, outbox, now, file);
    return new Notify(notifier, new NotificationRoutes(now, problem, outbox, tests).routes());
  }

  private static JournalDelivery.Sources sources(Parts parts, OutboxLedger outbox) {
    Database database = parts.database();
    boolean shared = !database.forUpdate().isEmpty(); // SQLite has one writer
    return new JournalDelivery.Sources(
        outbox,
        new JournalLedger(database, JournalLedger.Limits.DEFAULT, parts.clock()),
        new AgentLedger(database),
        new Leases(database, parts.collector()),
        parts.clock(),
        shared ? SETTLED : Duration.ZERO);
  }

  private static void register(
      Metrics metrics,
      NotifyCounters counters,
      OutboxLedger outbox,
      Supplier<Notifications> now,
      @Nullable NotifyFile file) {
    metrics.counters(
        "whorl_notifications_total",
        "Events and messages of notifications at this collector, by what became of them.",
        "result",
        counters::byResult);
    metrics.gauges(
        "whorl_notifications_waiting",
        "Messages that wait to be delivered, at all collectors.",
        "notification",
        () -> byName(outbox, now, OutboxStatus::waiting));
    metrics.gauges(
        "whorl_notifications_dead",
        "Messages that were given up and wait for a person.",
        "notification",
        () -> byName(outbox, now, OutboxStatus::dead));
    metrics.counters(
        "whorl_notifications_dropped_total",
        "Messages dropped for lack of room, at all collectors.",
        "notification",
        () -> byName(outbox, now, OutboxStatus::dropped));
    metrics.counter(
        "whorl_notify_file_failures_total",
        "Attempts to read a new version of the notify file that failed.",
        () -> file == null ? 0 : file.failures());
  }

  private static Map<String, Double> byName(
      OutboxLedger outbox, Supplier<Notifications> now, ToLongFunction<OutboxStatus> number) {
    Map<String, Double> numbers = new HashMap<>();
    if (now.get().all().isEmpty()) {
      return numbers;
    }
    try {
      Map<String, OutboxStatus> status = outbox.status();
      now.get()
          .all()
          .forEach(
              each ->
                  numbers.put(
                      each.name(),
                      (double)
                          number.applyAsLong(status.getOrDefault(each.name(), OutboxStatus.NONE))));
    } catch (IOException e) {
      LOG.debug("no numbers of notifications while the records are away", e);
    }
    return numbers;
  }
}
