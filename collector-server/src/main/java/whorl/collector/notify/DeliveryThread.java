package whorl.collector.notify;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.notify.NotifyCounters.Result;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.RefusedException;
import whorl.collector.notify.message.Target;
import whorl.collector.store.outbox.OutboxLedger;
import whorl.collector.store.outbox.OutboxMessage;
import whorl.evidence.Json;

/** Delivers the messages of one notification, on a thread of its own. */
final class DeliveryThread {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryThread.class);

  /** Longer than any target takes; then another collector may take the messages. */
  private static final Duration TAKEN = Duration.ofSeconds(90);

  private static final long IDLE_SECONDS = 60;
  private static final long END_MILLIS = 3_000;

  private final Notification notification;
  private final OutboxLedger outbox;
  private final Supplier<@Nullable URI> page;
  private final NotifyCounters counters;
  private final @Nullable JournalDelivery journal;
  private final Backoff backoff = new Backoff();
  private @Nullable Thread thread;
  private boolean due;
  private boolean ended;
  private boolean failing;
  private long pausedUntilNanos = System.nanoTime();

  DeliveryThread(
      Notification notification,
      JournalDelivery.Sources sources,
      Supplier<@Nullable URI> page,
      NotifyCounters counters) {
    this.notification = notification;
    this.outbox = sources.outbox();
    this.journal =
        JournalDelivery.wants(notification) ? new JournalDelivery(notification, sources) : null;
    this.page = page;
    this.counters = counters;
  }

  /** Messages are due. */
  synchronized void wake() {
    due = true;
    if (thread == null && !ended) {
      Thread begun = new Thread(this::run, "whorl-notification-" + notification.name());
      begun.setDaemon(true);
      thread = begun;
      begun.start();
    }
    notifyAll();
  }

  /** Ends soon: a delivery under way is interrupted, and its messages are given back. */
  synchronized void end() {
    ended = true;
    if (thread != null) {
      thread.interrupt();
    }
    notifyAll();
  }

  /** Waits for the end a short time. */
  void join() throws InterruptedException {
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null) {
      running.join(END_MILLIS);
    }
  }

  private void run() {
    try (Target target = notification.target().open()) {
      while (await()) {
        deliverDue(target);
        deliverJournal(target);
      }
    } catch (InterruptedException e) {
      LOG.debug("notification {} ends", notification.name(), e);
    } catch (RuntimeException | Error e) {
      LOG.warn("notification {} failed; it goes on with its next message", notification.name(), e);
    } finally {
      synchronized (this) {
        thread = null;
      }
    }
  }

  /** Waits until messages are due and no pause is on; false if there is nothing to do any more. */
  private synchronized boolean await() throws InterruptedException {
    long idle = System.nanoTime() + TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
    while (!ended) {
      long now = System.nanoTime();
      long pause = pausedUntilNanos - now;
      if (due && pause <= 0) {
        due = false;
        return true;
      }
      long left = due ? pause : idle - now;
      if (left <= 0) {
        return false;
      }
      wait(1 + TimeUnit.NANOSECONDS.toMillis(left));
    }
    return false;
  }

  private void deliverDue(Target target) throws InterruptedException {
    try {
      List<OutboxMessage> taken;
      do {
        taken = outbox.take(notification.name(), target.batch(), TAKEN, notification.every());
      } while (!taken.isEmpty() && deliver(target, taken));
    } catch (IOException e) {
      // the records are away, which readiness says; the messages stay
      LOG.debug("notification {} waits for the records", notification.name(), e);
      pause(Duration.ofSeconds(5));
    }
  }

  private void deliverJournal(Target target) {
    if (journal == null || isPaused() || isEnded()) {
      return;
    }
    try {
      if (journal.deliver(target, page.get())) {
        worksAgain();
      }
    } catch (IOException e) {
      if (!isEnded()) {
        noteFailure(e);
        pause(
            e instanceof RefusedException refused && refused.retryAfter() != null
                ? refused.retryAfter()
                : backoff.next());
      }
    }
  }

  private void noteFailure(IOException e) {
    counters.count(Result.FAILED, 1);
    failing = true;
    try {
      outbox.noteFailure(notification.name(), String.valueOf(e.getMessage()));
    } catch (IOException away) {
      LOG.debug("notification {} waits for the records", notification.name(), away);
    }
  }

  private synchronized boolean isPaused() {
    return pausedUntilNanos - System.nanoTime() > 0;
  }

  /** True if the next messages may follow at once. */
  private boolean deliver(Target target, List<OutboxMessage> taken)
      throws IOException, InterruptedException {
    List<OutboxMessage> readable = new ArrayList<>();
    List<Message> messages = new ArrayList<>();
    List<OutboxMessage> unreadable = new ArrayList<>();
    for (OutboxMessage each : taken) {
      try {
        messages.add(message(each));
        readable.add(each);
      } catch (IOException e) {
        unreadable.add(each);
      }
    }
    outbox.dead(unreadable, "written by another version of Whorl, and not readable here");
    if (messages.isEmpty()) {
      return true;
    }
    try {
      String unused = target.deliver(messages);
      delivered(readable);
      return true;
    } catch (RefusedException e) {
      if (e.isForGood() && readable.size() > 1) {
        deliverEach(target, readable); // one of them is refused, perhaps
        return true;
      }
      failed(readable, e, e.isForGood(), e.retryAfter());
      return e.isForGood();
    } catch (IOException e) {
      if (isEnded()) {
        boolean interrupted = Thread.interrupted(); // or the records cannot be written
        outbox.release(readable);
        throw new InterruptedException("ended" + (interrupted ? ", interrupted" : ""));
      }
      failed(readable, e, false, null);
      return false;
    } catch (RuntimeException e) {
      LOG.warn("notification {}: a defect", notification.name(), e);
      if (readable.size() > 1) {
        deliverEach(target, readable); // it is one of them, perhaps
        return true;
      }
      failed(
          readable, new IOException("a defect of Whorl: " + e.getClass().getName()), false, null);
      return false;
    }
  }

  private void deliverEach(Target target, List<OutboxMessage> messages)
      throws IOException, InterruptedException {
    for (OutboxMessage each : messages) {
      boolean unused = deliver(target, List.of(each));
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  private Message message(OutboxMessage each) throws IOException {
    return new Message(
        each.id(),
        each.notification(),
        Json.LENIENT.readValue(each.content(), Notice.class),
        each.events(),
        each.added(),
        page.get());
  }

  private void delivered(List<OutboxMessage> messages) throws IOException {
    counters.count(Result.DELIVERED, messages.size());
    outbox.delivered(messages);
    worksAgain();
  }

  private void worksAgain() throws IOException {
    if (failing) {
      failing = false;
      LOG.info("notification {} reaches its target again", notification.name());
      outbox.hurry(notification.name());
    }
    backoff.reset();
  }

  private void failed(
      List<OutboxMessage> messages,
      IOException failure,
      boolean forGood,
      @Nullable Duration retryAfter)
      throws IOException {
    String problem = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    counters.count(Result.FAILED, 1);
    if (!failing) {
      failing = true;
      LOG.warn("notification {} does not reach its target: {}", notification.name(), problem);
    }
    List<OutboxMessage> over = new ArrayList<>();
    for (OutboxMessage each : messages) {
      boolean late = each.age().compareTo(notification.retryFor()) >= 0;
      if (forGood || late) {
        over.add(each);
      } else {
        Duration after = Backoff.after(each.attempts());
        outbox.failed(
            List.of(each),
            retryAfter != null && retryAfter.compareTo(after) > 0 ? retryAfter : after,
            problem);
      }
    }
    outbox.dead(over, problem);
    counters.count(Result.GIVEN_UP, over.size());
    if (!forGood) {
      pause(retryAfter == null ? backoff.next() : retryAfter);
    }
  }

  private synchronized void pause(Duration time) {
    pausedUntilNanos = System.nanoTime() + time.toNanos();
  }
}
