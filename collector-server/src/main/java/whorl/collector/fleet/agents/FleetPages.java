package whorl.collector.fleet.agents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Scope;
import whorl.collector.store.presence.AgentFilter;
import whorl.collector.store.presence.PresenceLedger.ServiceChannels;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** Lists the agents of all collectors, and counts those of each service. Thread-safe. */
final class FleetPages {
  private final Fleet fleet;
  private final AgentLedger ledger;
  private final Presence presence;

  FleetPages(Fleet fleet, AgentLedger ledger, Presence presence) {
    this.fleet = fleet;
    this.ledger = ledger;
    this.presence = presence;
  }

  /** Returns a page of the scope's agents, connected or not, in the order of their ids. */
  List<AgentView> page(
      Scope scope,
      AgentLedger.Filter filter,
      @Nullable Boolean onlyConnected,
      String after,
      int limit)
      throws IOException {
    fleet.save();
    Set<Id> elsewhere = presence.idsElsewhere(filterOf(filter));
    if (Boolean.TRUE.equals(onlyConnected) && scope.isEverything()) {
      return connectedPage(filter, elsewhere, after, limit);
    }
    List<AgentView> page = new ArrayList<>();
    String last = after;
    while (page.size() < limit) {
      List<AgentRecord> rows = ledger.page(scope, filter, last, limit);
      for (AgentRecord row : rows) {
        last = row.identity().id().value();
        Connection live = fleet.connection(row.identity().id());
        boolean isConnected = live != null || elsewhere.contains(row.identity().id());
        if (page.size() < limit && (onlyConnected == null || onlyConnected == isConnected)) {
          page.add(live == null ? AgentView.of(row, isConnected) : AgentView.of(live));
        }
      }
      if (rows.size() < limit) {
        break;
      }
    }
    return page;
  }

  /**
   * A page of connected agents.
   *
   * @param elsewhere the agents that match and are connected to other collectors
   */
  private List<AgentView> connectedPage(
      AgentLedger.Filter filter, Set<Id> elsewhere, String after, int limit) throws IOException {
    TreeSet<Id> ids = new TreeSet<>();
    for (Id id : elsewhere) {
      if (id.value().compareTo(after) > 0) {
        ids.add(id);
      }
    }
    for (Connection connection : fleet.connections()) {
      Id id = connection.identity().id();
      if (id.value().compareTo(after) > 0 && filter.accepts(connection.record())) {
        ids.add(id);
      }
    }
    List<AgentView> page = new ArrayList<>();
    while (page.size() < limit && !ids.isEmpty()) {
      List<Id> next = new ArrayList<>();
      while (next.size() < limit - page.size() && !ids.isEmpty()) {
        next.add(ids.pollFirst());
      }
      addConnected(page, next);
    }
    return page;
  }

  /** Adds these agents, in this order; without those that are forgotten. */
  private void addConnected(List<AgentView> page, List<Id> ids) throws IOException {
    Map<Id, AgentRecord> rows =
        ledger.findAll(ids.stream().filter(id -> fleet.connection(id) == null).toList());
    for (Id id : ids) {
      Connection live = fleet.connection(id);
      AgentRecord row = rows.get(id);
      if (live != null) {
        page.add(AgentView.of(live));
      } else if (row != null) {
        page.add(AgentView.of(row, true));
      }
    }
  }

  private static AgentFilter filterOf(AgentLedger.Filter filter) {
    return new AgentFilter(
        null, filter.service(), filter.namespace(), null, null, filter.pod(), null, null);
  }

  /** Counts the scope's agents of each service, largest first. */
  List<ServiceView> services(Scope scope, int limit) throws IOException {
    fleet.save();
    Map<List<@Nullable String>, Integer> live = new HashMap<>();
    Map<List<@Nullable String>, Integer> lossy = new HashMap<>();
    for (Connection connection : fleet.connections()) {
      AgentIdentity identity = connection.identity();
      if (!scope.holds(Origin.of(identity))) {
        continue;
      }
      List<@Nullable String> service = Arrays.asList(identity.service(), identity.namespace());
      live.merge(service, 1, Integer::sum);
      if (connection.record().losses().values().stream().anyMatch(lost -> lost > 0)) {
        lossy.merge(service, 1, Integer::sum);
      }
    }
    for (ServiceChannels others : servicesElsewhere(scope)) {
      live.merge(
          Arrays.asList(others.service(), others.namespace()), others.agents(), Integer::sum);
    }
    List<ServiceView> services = new ArrayList<>();
    for (AgentLedger.ServiceCount count : ledger.services(scope, limit)) {
      List<@Nullable String> service = Arrays.asList(count.service(), count.namespace());
      services.add(
          new ServiceView(
              count.service(),
              count.namespace(),
              count.agents(),
              live.getOrDefault(service, 0),
              lossy.getOrDefault(service, 0),
              count.lastSeen()));
    }
    return services;
  }

  private List<ServiceChannels> servicesElsewhere(Scope scope) throws IOException {
    return scope.isEverything()
        ? presence.servicesElsewhere()
        : presence.elsewhere(AgentFilter.ALL).stream()
            .filter(agent -> scope.holds(Origin.of(agent)))
            .map(agent -> new ServiceChannels(agent.service(), agent.namespace(), 1))
            .toList();
  }
}
