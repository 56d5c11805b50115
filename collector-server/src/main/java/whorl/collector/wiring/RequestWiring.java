package whorl.collector.wiring;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.fleet.captures.CaptureCustody;
import whorl.collector.fleet.captures.CaptureRoutes;
import whorl.collector.http.request.Route;
import whorl.collector.hunt.CaptureCases;
import whorl.collector.hunt.HuntService;
import whorl.collector.probe.ProbeService;
import whorl.collector.schedules.Schedules;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;

/** What people request of agents: captures, once or on a schedule, hunts, and method probes. */
public final class RequestWiring {
  private RequestWiring() {}

  /** Starts what repeats requests and ends them, and returns the routes. */
  public static List<Route> open(
      Foundation base,
      CustodyWiring custody,
      FleetWiring fleet,
      ChannelWiring channel,
      RetentionWiring retention)
      throws IOException {
    List<Route> routes = new ArrayList<>(captures(base, custody, fleet, retention));
    routes.addAll(
        HuntService.open(
            new HuntService.Parts(
                base.database(),
                fleet.fleet(),
                fleet.captures(),
                channel.channel(),
                custody.log(),
                base.sharing().notifications(),
                base.clock(),
                fleet.scopes()::originOf,
                retention::sees,
                retention.all()::add),
            base.metrics(),
            base.closing()));
    routes.addAll(
        ProbeService.open(
            new ProbeService.Parts(
                base.database(),
                fleet.fleet(),
                channel.channel(),
                custody.log(),
                base.sharing().notifications(),
                base.clock(),
                fleet.scopes()::originOf),
            base.metrics(),
            base.closing()));
    return routes;
  }

  private static List<Route> captures(
      Foundation base, CustodyWiring custody, FleetWiring fleet, RetentionWiring retention) {
    List<Route> routes =
        new ArrayList<>(
            new CaptureRoutes(
                    fleet.captures(),
                    fleet.fleet(),
                    new GravestLedger(base.database()),
                    fleet.scopes()::seesCapture,
                    new CaptureCases(base.database(), retention::sees, base.clock()),
                    new CaptureCustody(custody.log()))
                .routes());
    routes.addAll(
        Schedules.open(
            base.database(),
            fleet.fleet(),
            fleet.captures(),
            custody.log(),
            base.clock(),
            base.metrics(),
            base.closing()));
    return routes;
  }
}
