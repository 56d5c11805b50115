package whorl.collector.notify;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.RefusedException;
import whorl.collector.notify.message.Target;
import whorl.collector.store.database.Leases;
import whorl.collector.store.outbox.OutboxLedger;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.store.records.JournalLedger.Arrival;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/**
 * Delivers the agents' live journals to one notification, in the order of their arrival. The
 * journal itself is the outbox: what is kept is how far the deliveries are, so an event is
 * delivered at least once, unless it is evicted before. One collector at a time does it. Used by
 * one thread.
 */
final class JournalDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(JournalDelivery.class);
  private static final Duration LEASE = Duration.ofSeconds(90);
  private static final int BATCHES = 20;
  private static final int ID_HEX = 32;

  /** After so many events that are refused alone, what is refused together is given up together. */
  private static final int REFUSED_ALONE_MAX = 20;

  private final Notification notification;
  private final Sources sources;
  private final SettledArrivals settled;

  /** The events of a batch that were refused. */
  private int refused;

  /**
   * What it reads and writes.
   *
   * @param settled events that arrived a shorter time ago wait: of several collectors, another one
   *     may still be writing an earlier one
   */
  record Sources(
      OutboxLedger outbox,
      JournalLedger journal,
      AgentLedger agents,
      Leases leases,
      InstantSource clock,
      Duration settled) {}

  JournalDelivery(Notification notification, Sources sources) {
    this(notification, sources, System::nanoTime);
  }

  /**
   * @param nanos the monotonic clock
   */
  JournalDelivery(Notification notification, Sources sources, LongSupplier nanos) {
    this.notification = notification;
    this.sources = sources;
    this.settled = new SettledArrivals(sources.settled(), nanos);
  }

  /** True if the notification wants journals. */
  static boolean wants(Notification notification) {
    return notification.filter().wants(Kind.JOURNAL);
  }

  /**
   * Delivers what has arrived; returns early if there is much.
   *
   * @return true if the target took something
   * @throws RefusedException if the target wants to be left alone
   * @throws IOException if the target or the records do not answer; nothing is lost
   */
  boolean deliver(Target target, @Nullable URI page) throws IOException {
    String name = notification.name();
    Optional<Leases.Lease> lease = sources.leases().take("notify-journal-" + name, LEASE);
    if (lease.isEmpty()) {
      return false;
    }
    boolean taken = false;
    try {
      long after = sources.outbox().journal(name);
      if (after < 0) {
        sources.outbox().startJournal(name, sources.journal().lastArrival());
        return false;
      }
      long upTo = settled.upTo(sources.journal().lastArrival());
      for (int i = 0; i < BATCHES; i++) {
        List<Arrival> arrived = sources.journal().arrivals(after, upTo, target.batch());
        if (arrived.isEmpty() || !sources.leases().renew(lease.get(), LEASE)) {
          return taken;
        }
        taken |= deliver(target, arrived, page);
        after = arrived.get(arrived.size() - 1).number();
        sources.outbox().deliveredJournal(name, after);
      }
      return taken;
    } finally {
      sources.leases().release(lease.get());
    }
  }

  private boolean deliver(Target target, List<Arrival> arrived, @Nullable URI page)
      throws IOException {
    List<Message> messages = messages(arrived, page);
    refused = 0;
    boolean sent = !messages.isEmpty() && send(target, messages);
    if (refused > 0) {
      LOG.warn(
          "notification {}: events of journals were refused; its status says why",
          notification.name());
    }
    return sent;
  }

  private boolean send(Target target, List<Message> messages) throws IOException {
    try {
      String unused = target.deliver(messages);
      return true;
    } catch (RuntimeException e) {
      if (messages.size() > 1) { // one of them cannot be sent, perhaps
        return sendHalves(target, messages);
      }
      LOG.warn("notification {}: a defect; one event is left out", notification.name(), e);
      sources
          .outbox()
          .noteFailure(notification.name(), "a defect of Whorl: " + e.getClass().getName());
      return false;
    } catch (RefusedException e) {
      if (!e.isForGood()) {
        throw e;
      }
      if (messages.size() > 1 && !e.isPartly() && refused < REFUSED_ALONE_MAX) {
        return sendHalves(target, messages); // they are too long together, or one is refused
      }
      refused += messages.size();
      sources.outbox().noteFailure(notification.name(), String.valueOf(e.getMessage()));
      return false;
    }
  }

  private boolean sendHalves(Target target, List<Message> messages) throws IOException {
    int half = messages.size() / 2;
    boolean sent = send(target, messages.subList(0, half));
    return send(target, messages.subList(half, messages.size())) || sent;
  }

  private List<Message> messages(List<Arrival> arrived, @Nullable URI page) throws IOException {
    Map<Id, AgentRecord> agents =
        new HashMap<>(
            sources.agents().findAll(arrived.stream().map(Arrival::agent).distinct().toList()));
    Instant now = sources.clock().instant();
    List<Message> messages = new ArrayList<>();
    for (Arrival each : arrived) {
      AgentRecord record = agents.get(each.agent());
      AgentIdentity agent = record == null ? null : record.identity();
      EventLine event = event(each);
      if (event != null && accepts(agent)) {
        messages.add(
            new Message(
                id(each),
                notification.name(),
                Notices.journal(each.agent(), event, agent, notification),
                1,
                now,
                page));
      }
    }
    return messages;
  }

  /** The same at each attempt. */
  private static Id id(Arrival event) {
    String text = event.agent() + ":" + event.sequence();
    return new Id(Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex().substring(0, ID_HEX));
  }

  private boolean accepts(@Nullable AgentIdentity agent) throws IOException {
    return notification
        .filter()
        .accepts(
            Kind.JOURNAL,
            Level.CRITICAL, // events have no level
            agent == null ? null : agent.service(),
            agent == null ? null : agent.namespace(),
            null,
            () -> agent == null ? Map.of() : agent.labels());
  }

  private static @Nullable EventLine event(Arrival arrival) {
    try {
      return Json.LENIENT.readValue(arrival.line(), EventLine.class);
    } catch (IOException e) {
      LOG.debug("an event of agent {} cannot be read any more", arrival.agent(), e);
      return null;
    }
  }
}
