package whorl.collector.fleet.presence;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.database.Notifications.Subscription;
import whorl.collector.store.presence.AgentFilter;
import whorl.collector.store.presence.PresenceLedger;
import whorl.collector.store.presence.PresenceLedger.Channel;
import whorl.collector.store.presence.PresenceLedger.ServiceChannels;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Presence in shared records. Notifications make a change known at once; where one was lost, {@link
 * PresenceWatch} finds the difference within half a minute. Thread-safe.
 */
public final class SharedPresence implements Presence {
  private static final Logger LOG = LoggerFactory.getLogger(SharedPresence.class);
  private static final String REPLACED = "channel-replaced";
  private static final String CAPTURES = "captures-changed";

  /** The number of ids that fit into one notification. */
  private static final int IDS_IN_ONE = 100;

  private final PresenceLedger ledger;
  private final Notifications notifications;
  private final String collector;
  private volatile boolean leaving;

  /**
   * @param collector the name of this process in the ledger
   */
  public SharedPresence(PresenceLedger ledger, Notifications notifications, String collector) {
    this.ledger = ledger;
    this.notifications = notifications;
    this.collector = collector;
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public void connected(AgentIdentity agent, long serial) throws IOException {
    Channel before = ledger.connect(agent, serial);
    if (before != null && !before.collector().equals(collector)) {
      notifications.publish(
          REPLACED, before.collector() + " " + before.serial() + " " + agent.id().value());
    }
  }

  @Override
  public void disconnected(Id agent, long serial) throws IOException {
    if (!leaving) {
      ledger.disconnect(agent, serial);
    }
  }

  /** True if this collector ends. */
  boolean isLeaving() {
    return leaving;
  }

  @Override
  public void leave() throws IOException {
    leaving = true;
    ledger.leave();
  }

  @Override
  public List<AgentIdentity> elsewhere(AgentFilter filter) throws IOException {
    return ledger.elsewhere(filter);
  }

  @Override
  public Set<Id> idsElsewhere(AgentFilter filter) throws IOException {
    return ledger.idsElsewhere(filter);
  }

  @Override
  public boolean isElsewhere(Id agent) throws IOException {
    return ledger.isElsewhere(agent);
  }

  @Override
  public List<ServiceChannels> servicesElsewhere() throws IOException {
    return ledger.servicesElsewhere();
  }

  @Override
  public void capturesChanged(Collection<Id> captures) throws IOException {
    List<Id> all = new ArrayList<>(captures);
    for (int from = 0; from < all.size(); from += IDS_IN_ONE) {
      List<Id> next = all.subList(from, Math.min(all.size(), from + IDS_IN_ONE));
      String ids = next.stream().map(Id::value).collect(Collectors.joining(" "));
      notifications.publish(CAPTURES, collector + " " + ids);
    }
  }

  /**
   * Begins to pass on what other collectors report.
   *
   * @return the subscriptions, to be closed at the end
   */
  public List<Subscription> subscribe(PresenceListener listener) {
    return List.of(
        notifications.subscribe(REPLACED, new Replacements(listener)),
        notifications.subscribe(CAPTURES, new ChangedCaptures(listener)));
  }

  private final class Replacements implements Notifications.Listener {
    private final PresenceListener listener;

    Replacements(PresenceListener listener) {
      this.listener = listener;
    }

    @Override
    public void received(String payload) {
      String[] parts = payload.split(" ", -1);
      Id agent = parts.length == 3 ? id(parts[2]) : null;
      if (agent == null) {
        LOG.warn("a notification of another collector cannot be read: {}", REPLACED);
      } else if (parts[0].equals(collector)) {
        listener.replaced(agent, Long.parseLong(parts[1]));
      }
    }

    @Override
    public void mayHaveMissed() {
      // PresenceWatch compares all channels with the ledger.
    }
  }

  private final class ChangedCaptures implements Notifications.Listener {
    private final PresenceListener listener;

    ChangedCaptures(PresenceListener listener) {
      this.listener = listener;
    }

    @Override
    public void received(String payload) {
      String[] parts = payload.split(" ", -1);
      if (parts[0].equals(collector)) {
        return;
      }
      try {
        List<Id> captures = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
          Id capture = id(parts[i]);
          if (capture != null) {
            captures.add(capture);
          }
        }
        listener.capturesChanged(captures);
      } catch (IOException e) {
        LOG.warn("captures that another collector changed cannot be read: {}", e.getMessage());
      }
    }

    @Override
    public void mayHaveMissed() {
      try {
        listener.capturesMayHaveChanged();
      } catch (IOException e) {
        LOG.warn("the captures of connected agents cannot be read: {}", e.getMessage());
      }
    }
  }

  private static @Nullable Id id(String text) {
    return Id.isId(text) ? new Id(text) : null;
  }
}
