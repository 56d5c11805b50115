package whorl.collector.fleet.channel;

import java.io.IOException;
import whorl.collector.fleet.lost.MemoryLostAgents;
import whorl.collector.fleet.presence.SharedPresence;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.presence.PresenceLedger;
import whorl.collector.store.records.JournalLedger;

/** A collector that shares its records with others, whose notifications are all lost. */
public final class OneOfSeveral {
  /** Publishes nothing: collectors notice the changes of others by themselves. */
  public static final Notifications SILENT =
      new Notifications() {
        @Override
        public void publish(String topic, String payload) {}

        @Override
        public Subscription subscribe(String topic, Listener listener) {
          return () -> {};
        }

        @Override
        public void close() {}
      };

  private OneOfSeveral() {}

  /** Opens the collector of this name. */
  public static FleetRig open(Database shared, ManualTime time, String name) throws IOException {
    PresenceLedger presence = new PresenceLedger(shared, name);
    FleetRig fleet =
        new FleetRig(
            shared,
            shared,
            time,
            JournalLedger.Limits.DEFAULT,
            new SharedPresence(presence, SILENT, name),
            new MemoryLostAgents(time),
            false);
    presence.beat("0.2.0");
    return fleet;
  }
}
