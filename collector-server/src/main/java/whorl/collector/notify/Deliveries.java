package whorl.collector.notify;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.file.Notifications;

/**
 * Delivers messages, each notification on a thread of its own: a target that is slow or does not
 * answer delays no other. One statement a second finds what is due.
 */
final class Deliveries implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FORGET = Duration.ofMinutes(10);

  private final Supplier<Notifications> notifications;
  private final JournalDelivery.Sources sources;
  private final Supplier<@Nullable URI> page;
  private final NotifyCounters counters;
  private final Map<String, Worker> workers = new HashMap<>();
  private final AutoCloseable looking;
  private final AutoCloseable forgetting;

  private record Worker(Notification of, DeliveryThread thread) {}

  /**
   * @param page for links
   */
  Deliveries(
      Supplier<Notifications> notifications,
      JournalDelivery.Sources sources,
      Supplier<@Nullable URI> page,
      NotifyCounters counters) {
    this.notifications = notifications;
    this.sources = sources;
    this.page = page;
    this.counters = counters;
    this.looking = PeriodicTasks.start("notifications", LOOK, this::look);
    this.forgetting = PeriodicTasks.start("notifications-old", FORGET, this::forget);
  }

  private synchronized void look() throws IOException {
    Notifications now = notifications.get();
    Set<String> gone = new HashSet<>(workers.keySet());
    now.all().forEach(each -> gone.remove(each.name()));
    for (String name : gone) {
      Worker worker = workers.remove(name);
      if (worker != null) {
        worker.thread().end();
      }
    }
    if (now.all().isEmpty()) {
      return;
    }
    Set<String> due = new HashSet<>(sources.outbox().due());
    now.all().stream().filter(JournalDelivery::wants).forEach(journal -> due.add(journal.name()));
    for (String name : due) {
      Notification notification = now.find(name);
      if (notification != null) {
        worker(notification).thread().wake();
      }
    }
  }

  /** The worker of this notification; a new one if the file says something else of it now. */
  private Worker worker(Notification notification) {
    Worker worker = workers.get(notification.name());
    if (worker == null || !worker.of().equals(notification)) {
      if (worker != null) {
        worker.thread().end();
      }
      worker = new Worker(notification, new DeliveryThread(notification, sources, page, counters));
      workers.put(notification.name(), worker);
    }
    return worker;
  }

  private void forget() throws IOException {
    sources.outbox().forget(notifications.get().all().stream().map(Notification::name).toList());
  }

  /** Ends deliveries; what was not delivered stays in the outbox. */
  @Override
  public void close() throws Exception {
    looking.close();
    forgetting.close();
    synchronized (this) {
      workers.values().forEach(worker -> worker.thread().end());
      for (Worker worker : workers.values()) {
        worker.thread().join();
      }
      workers.clear();
    }
  }
}
