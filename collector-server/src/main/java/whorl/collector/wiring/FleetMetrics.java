package whorl.collector.wiring;

import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.FleetCounters;
import whorl.collector.fleet.captures.CaptureCounters;
import whorl.collector.fleet.costs.ServiceCosts;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.wiring.base.RecordMetrics;

/** Registers the metrics of agents, of their costs, and of captures. */
final class FleetMetrics {
  private static final String SERVICE = "service";

  private FleetMetrics() {}

  static void fleet(Metrics metrics, Fleet fleet, FleetCounters agents) {
    metrics.gauge("whorl_agents_connected", "Agents on the channel.", fleet::connectedAgents);
    metrics.gauges(
        "whorl_agents_connected_by_proof",
        "Agents on the channel, by how they prove who they are.",
        "proof",
        fleet.standings()::connectedByProof);
    metrics.counter("whorl_agent_connections_total", "Channels opened.", agents::connections);
    metrics.counter(
        "whorl_agent_connections_silent_total",
        "Channels closed after missed heartbeats.",
        agents::silentConnections);
    metrics.counter(
        "whorl_agent_connections_late_total",
        "Channels closed because the agent sent no hello.",
        agents::lateHellos);
    metrics.counter(
        "whorl_agent_connections_abandoned_total",
        "Channels that agents gave up before they were answered: the collector is too slow.",
        agents::abandonedHandshakes);
    metrics.counter(
        "whorl_agent_connections_replaced_total",
        "Channels closed because the agent opened another.",
        agents::replacedConnections);
    String passedOver = "whorl_channel_passed_over_total";
    String help = "What newer agents sent and this version does not know.";
    metrics.counter(passedOver, help, agents::passedOverMessages, "what", "message");
    metrics.counter(passedOver, help, agents::passedOverFields, "what", "field");
    metrics.counter(
        "whorl_channel_malformed_total",
        "Messages that cost the peer its channel.",
        agents::malformedMessages);
    metrics.counter("whorl_agent_keys_enrolled_total", "Keys enrolled.", agents::enrolledKeys);
    metrics.counter(
        "whorl_agent_keys_postponed_total",
        "New agents asked to come later: too many came from their address.",
        agents::lateEnrolments);
    metrics.counter(
        "whorl_agent_keys_refused_total",
        "Peers turned away for another key than the agent's.",
        agents::refusedKeys);
    metrics.counter(
        "whorl_agent_other_places_total",
        "Connections of agents that named another service, namespace or labels than before.",
        agents::otherPlaces);
    metrics.counter("whorl_journal_events_total", "Journal events taken.", agents::journalEvents);
    metrics.counter(
        "whorl_agents_forgotten_total",
        "Agents forgotten: too long unseen, or too many.",
        agents::forgottenAgents);
    metrics.counter(
        "whorl_agent_alerts_dropped_total",
        "Alerts not kept, since their agent raised too many in a minute.",
        agents::droppedAlerts);
    metrics.counter(
        "whorl_channel_store_failures_total",
        "Messages that could not be stored; their senders come again.",
        agents::storeFailures);
    metrics.counter(
        "whorl_journal_events_dropped_total",
        "Journal events lost before they were written.",
        agents::droppedJournalEvents);
    costs(metrics, fleet, agents);
  }

  private static void costs(Metrics metrics, Fleet fleet, FleetCounters agents) {
    ServiceCosts costs = fleet.serviceCosts();
    metrics.counters(
        "whorl_agent_cpu_seconds_total",
        "Processor time of the agents' own threads.",
        SERVICE,
        costs::cpuSeconds);
    metrics.counters(
        "whorl_agent_jfr_cpu_seconds_total",
        "Processor time of the flight recorder's threads.",
        SERVICE,
        costs::jfrCpuSeconds);
    metrics.counters(
        "whorl_agent_hook_seconds_total",
        "Time of the applications' threads in hooks, sampled.",
        SERVICE,
        costs::hookSeconds);
    metrics.counters(
        "whorl_agent_hook_visits_total", "Visits of hooks, sampled.", SERVICE, costs::hookVisits);
    metrics.counters(
        "whorl_agent_events_told_total",
        "Events kept and handed on, each by itself.",
        SERVICE,
        costs::eventsTold);
    metrics.counters(
        "whorl_agent_events_counted_total",
        "Events only counted with those that they equal.",
        SERVICE,
        costs::eventsCounted);
    metrics.gauges(
        "whorl_agent_held_bytes",
        "Bytes of the heap that connected agents hold.",
        SERVICE,
        fleet::heldBytes);
    metrics.counter(
        "whorl_agent_costs_dropped_total",
        "Numbers of agents' costs that cannot be true.",
        agents::droppedCosts);
  }

  static void captures(Metrics metrics, CaptureCounters captures) {
    metrics.counter("whorl_captures_ordered_total", "Captures asked of agents.", captures::ordered);
    metrics.counter("whorl_captures_sealed_total", "Captures sealed.", captures::sealed);
    metrics.counter("whorl_captures_failed_total", "Captures failed.", captures::failed);
    metrics.counter(
        "whorl_captures_partial_total", "Captures that are partial.", captures::partial);
    metrics.counter(
        "whorl_captures_begun_by_agents_total",
        "Captures that agents began by themselves.",
        captures::begunByAgents);
    metrics.counter(
        "whorl_captures_resent_total",
        "Requests sent again, since the agent had lost its connection.",
        captures::resent);
    metrics.counter(
        "whorl_capture_reports_ignored_total",
        "Reports about captures of another agent, or about too many.",
        captures::foreignProgress);
    metrics.counter(
        "whorl_captures_forgotten_total",
        "Ended captures forgotten for lack of room.",
        captures::forgotten);
  }

  static void journals(Metrics metrics, JournalLedger journals) {
    metrics.counter(
        "whorl_journal_events_evicted_total",
        "Journal events older than a day, forgotten for newer ones.",
        journals::evicted);
    metrics.counter(
        "whorl_journal_events_refused_total",
        "Journal events for which there was no room.",
        journals::refused);
    RecordMetrics.gauge(metrics, "whorl_journal_bytes", "Bytes of all journals.", journals::bytes);
  }
}
