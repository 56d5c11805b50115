package whorl.collector.wiring;

import java.time.Duration;
import java.util.List;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.libraries.Libraries;
import whorl.collector.libraries.LibraryCounters;
import whorl.collector.libraries.LibraryRoutes;
import whorl.collector.store.libraries.LibraryLedger;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.LimitWiring;

/** The libraries of applications, which agents list. */
public final class LibraryWiring {
  private LibraryWiring() {}

  /** Takes the agents' inventories from now on, and returns the routes that answer from them. */
  public static List<Route> open(
      Foundation base, LimitWiring limits, FleetWiring fleet, ChannelWiring channel) {
    LibraryLedger ledger = new LibraryLedger(base.database());
    Libraries libraries =
        new Libraries(ledger, fleet.fleet(), limits.libraryKibibytesADay(), System::nanoTime);
    channel.channel().libraries(libraries);
    base.every("libraries", Duration.ofSeconds(1), libraries::save);
    register(base.metrics(), libraries.counters());
    return new LibraryRoutes(ledger, fleet.fleet()).routes();
  }

  private static void register(Metrics metrics, LibraryCounters counters) {
    metrics.counter(
        "whorl_library_inventories_total",
        "Inventories of libraries taken from agents.",
        counters::stored);
    metrics.counter(
        "whorl_library_inventories_shared_total",
        "Times that an agent had an inventory that was stored already.",
        counters::shared);
    metrics.counter(
        "whorl_library_inventories_refused_total",
        "Inventories not stored: broken, cut off, or beyond a limit.",
        counters::refused);
  }
}
