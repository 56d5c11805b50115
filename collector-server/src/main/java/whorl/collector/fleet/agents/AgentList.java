package whorl.collector.fleet.agents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.presence.AgentFilter;
import whorl.collector.store.presence.PresenceLedger.ServiceChannels;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** Lists of agents, connected or not, from the ledger and from the connections of all collectors. */
final class AgentList {
  private final AgentLedger ledger;
  private final Presence presence;
  private final Map<Id, Connection> connected;

  /**
   * @param connected the connections to this collector
   */
  AgentList(AgentLedger ledger, Presence presence, Map<Id, Connection> connected) {
    this.ledger = ledger;
    this.presence = presence;
    this.connected = connected;
  }

  /** Returns a page of agents, connected or not, in the order of their ids. */
  List<AgentView> page(
      AgentLedger.Filter filter, @Nullable Boolean onlyConnected, String after, int limit)
      throws IOException {
    Set<Id> elsewhere = new HashSet<>();
    for (AgentIdentity agent : presence.elsewhere(filterOf(filter))) {
      elsewhere.add(agent.id());
    }
    if (Boolean.TRUE.equals(onlyConnected)) {
      return connectedPage(filter, elsewhere, after, limit);
    }
    List<AgentView> page = new ArrayList<>();
    String last = after;
    while (page.size() < limit) {
      List<AgentRecord> rows = ledger.page(filter, last, limit);
      for (AgentRecord row : rows) {
        last = row.identity().id().value();
        Connection live = connected.get(row.identity().id());
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
    Set<Id> ids = new TreeSet<>(elsewhere);
    for (Connection connection : connected.values()) {
      if (filter.accepts(connection.record())) {
        ids.add(connection.identity().id());
      }
    }
    List<AgentView> page = new ArrayList<>();
    for (Id id : ids) {
      if (page.size() < limit && id.value().compareTo(after) > 0) {
        Connection live = connected.get(id);
        AgentRecord row = live == null ? ledger.find(id) : null;
        if (live != null) {
          page.add(AgentView.of(live));
        } else if (row != null) {
          page.add(AgentView.of(row, true));
        }
      }
    }
    return page;
  }

  private static AgentFilter filterOf(AgentLedger.Filter filter) {
    return new AgentFilter(
        null, filter.service(), filter.namespace(), null, null, filter.pod(), null, null);
  }

  /** Counts the agents of each service, largest first. */
  List<ServiceView> services(int limit) throws IOException {
    Map<List<@Nullable String>, Integer> live = new HashMap<>();
    Map<List<@Nullable String>, Integer> lossy = new HashMap<>();
    for (Connection connection : connected.values()) {
      AgentIdentity identity = connection.identity();
      List<@Nullable String> service = Arrays.asList(identity.service(), identity.namespace());
      live.merge(service, 1, Integer::sum);
      if (connection.record().losses().values().stream().anyMatch(lost -> lost > 0)) {
        lossy.merge(service, 1, Integer::sum);
      }
    }
    for (ServiceChannels others : presence.servicesElsewhere()) {
      live.merge(
          Arrays.asList(others.service(), others.namespace()), others.agents(), Integer::sum);
    }
    List<ServiceView> services = new ArrayList<>();
    for (AgentLedger.ServiceCount count : ledger.services(limit)) {
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
}
