package whorl.collector.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.cases.VisibleCases;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.http.request.Scoped;
import whorl.collector.scopes.ScopeGuard;
import whorl.collector.scopes.Visibility;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Origins;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.access.Thing;
import whorl.collector.store.database.Database;
import whorl.collector.store.presence.AgentFilter;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.wiring.base.Foundation;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * Keeps from people what their scope does not hold.
 *
 * @param origins whose everything is
 */
public record Scopes(OriginLedger ledger, Origins origins, ScopedRows rows, Fleet fleet) {
  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

  static Scopes open(Foundation base, Fleet fleet) {
    Database database = base.database();
    OriginLedger ledger = new OriginLedger(database);
    Origins origins =
        new Origins(database, ledger, new OwnerLedger(database), agent -> identity(fleet, agent));
    base.metrics()
        .counter(
            "whorl_origins_refused_total",
            "Times that something was given to nobody, because too many places are known.",
            ledger::refused);
    Scopes scopes = new Scopes(ledger, origins, new ScopedRows(database), fleet);
    base.every("origins", LOOK_EVERY, origins::lookAll);
    return scopes;
  }

  public boolean seesEvidence(Scope scope, Id evidence) throws IOException {
    return origins.sees(scope, Thing.EVIDENCE, evidence);
  }

  public boolean seesCapture(Scope scope, Id capture) throws IOException {
    return origins.sees(scope, Thing.CAPTURE, capture);
  }

  /** The id of what an agent belongs to. */
  String originOf(AgentIdentity agent) throws IOException {
    return origins.idOf(agent);
  }

  /** Stands before the handlers of all routes. */
  public ScopeGuard guard(VisibleCases cases) {
    return new ScopeGuard(
        Map.of(
            Scoped.EVIDENCE, visibility(Thing.EVIDENCE),
            Scoped.AGENT, visibility(Thing.AGENT),
            Scoped.ALERT, visibility(Thing.ALERT),
            Scoped.ALERT_GROUP, visibility(Thing.ALERT_GROUP),
            Scoped.CAPTURE, visibility(Thing.CAPTURE),
            Scoped.CASE, cases::sees),
        this::look);
  }

  private Visibility visibility(Thing thing) {
    return (caller, scope, id) -> origins.sees(scope, thing, id);
  }

  private void look() throws IOException {
    fleet.save(); // agents that have connected just now have no rows yet
    boolean unused = origins.look();
  }

  /** The agent as it is known, connected or not, at any collector; null if it is not. */
  static @Nullable AgentIdentity identity(Fleet fleet, Id agent) throws IOException {
    AgentRecord known = fleet.agent(agent);
    if (known != null) {
      return known.identity();
    }
    List<AgentIdentity> elsewhere = fleet.find(AgentFilter.agent(agent.value()));
    return elsewhere.isEmpty() ? null : elsewhere.get(0);
  }
}
