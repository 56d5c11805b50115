package whorl.collector;

import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.alerts.AlertCounters;
import whorl.collector.custody.log.SeenDoubts;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.FleetCounters;
import whorl.collector.fleet.agents.ServiceCosts;
import whorl.collector.fleet.captures.CaptureCounters;
import whorl.collector.http.server.Metrics;
import whorl.collector.libraries.LibraryCounters;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.JournalLedger;

/** Registers the metrics of all parts under their Prometheus names. */
final class CollectorMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(CollectorMetrics.class);
  private static final String SERVICE = "service";

  private CollectorMetrics() {}

  static void register(
      Metrics metrics,
      Fleet fleet,
      FleetCounters agents,
      CaptureCounters captures,
      AlertCounters alerts,
      Receiver receiver) {
    metrics.gauge("whorl_agents_connected", "Agents on the channel.", fleet::connectedAgents);
    metrics.gauges(
        "whorl_agents_connected_by_proof",
        "Agents on the channel, by how they prove who they are.",
        "proof",
        fleet.standings()::connectedByProof);
    fleet(metrics, agents);
    costs(metrics, fleet, agents);
    captures(metrics, captures);
    alerts(metrics, alerts);
    receiver(metrics, receiver);
  }

  static void libraries(Metrics metrics, LibraryCounters libraries) {
    metrics.counter(
        "whorl_library_inventories_total",
        "Inventories of libraries taken from agents.",
        libraries::stored);
    metrics.counter(
        "whorl_library_inventories_shared_total",
        "Times that an agent had an inventory that was stored already.",
        libraries::shared);
    metrics.counter(
        "whorl_library_inventories_refused_total",
        "Inventories not stored: broken, cut off, or beyond a limit.",
        libraries::refused);
  }

  private static void fleet(Metrics metrics, FleetCounters agents) {
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

  private static void captures(Metrics metrics, CaptureCounters captures) {
    metrics.counter("whorl_captures_ordered_total", "Captures asked of agents.", captures::ordered);
    metrics.counter("whorl_captures_sealed_total", "Captures sealed.", captures::sealed);
    metrics.counter("whorl_captures_failed_total", "Captures failed.", captures::failed);
    metrics.counter(
        "whorl_captures_forgotten_total",
        "Ended captures forgotten for want of room.",
        captures::forgotten);
  }

  private static void alerts(Metrics metrics, AlertCounters alerts) {
    metrics.counter("whorl_alerts_total", "Alerts kept.", alerts::fromAgents, "source", "agent");
    metrics.counter("whorl_alerts_total", "Alerts kept.", alerts::fromOutside, "source", "outside");
    metrics.counter("whorl_alerts_total", "Alerts kept.", alerts::ofSilence, "source", "collector");
    metrics.counter(
        "whorl_alerts_held_back_total",
        "Alerts kept without a capture by storm control.",
        alerts::heldBackByStorm);
    metrics.counter(
        "whorl_alerts_unmatched_total", "Outside alerts that met no agent.", alerts::unmatched);
    metrics.counter(
        "whorl_alerts_too_many_total",
        "Outside alerts refused, since their token sent very many.",
        alerts::tooMany);
    metrics.counter(
        "whorl_alerts_malformed_total",
        "Webhook bodies that could not be understood.",
        alerts::malformed);
  }

  /** A number in the database. */
  private interface Stored {
    long read() throws IOException;
  }

  /** Registers a gauge without labels, which is left out while the database cannot be read. */
  private static void stored(Metrics metrics, String name, String help, Stored number) {
    metrics.gauges(
        name,
        help,
        SERVICE,
        () -> {
          try {
            return Map.of("", (double) number.read());
          } catch (IOException e) {
            LOG.debug("{} cannot be read now", name, e);
            return Map.of();
          }
        });
  }

  /** Registers what the ledgers evicted and refused. */
  static void ledgers(
      Metrics metrics,
      JournalLedger journals,
      AlertLedger alerts,
      SeenDoubts doubts,
      LogPublisher publisher) {
    metrics.counter(
        "whorl_journal_events_evicted_total",
        "Journal events older than a day, forgotten for newer ones.",
        journals::evicted);
    metrics.counter(
        "whorl_journal_events_refused_total",
        "Journal events for which there was no room.",
        journals::refused);
    stored(metrics, "whorl_journal_bytes", "Bytes of all journals.", journals::bytes);
    stored(metrics, "whorl_alerts_kept", "Alerts that are kept.", alerts::count);
    metrics.counter(
        "whorl_alerts_evicted_total",
        "Alerts older than a day, forgotten for newer ones.",
        alerts::evicted);
    metrics.counter(
        "whorl_alerts_refused_total", "Alerts for which there was no room.", alerts::refused);
    metrics.gauge("whorl_custody_entries", "Entries of the custody log.", publisher::lastSize);
    metrics.gauge(
        "whorl_custody_checkpoint_age_seconds",
        "Seconds since this collector signed a checkpoint of the log; 0 before it has.",
        publisher::checkpointAgeSeconds);
    metrics.gauge(
        "whorl_custody_doubts",
        "Why the custody log can't be relied on; 0 when it can.",
        () -> doubts.now().size());
  }

  /** A number of rows, which a database that is away does not give. */
  @FunctionalInterface
  private interface Count {
    int read() throws IOException;
  }

  private static long count(Count count) {
    try {
      return count.read();
    } catch (IOException databaseAway) {
      return -1;
    }
  }

  private static void receiver(Metrics metrics, Receiver receiver) {
    ReceiverCounters counters = receiver.counters();
    metrics.gauge(
        "whorl_uploads_unfinished",
        "Uploads under way; -1 while they cannot be counted.",
        () -> count(receiver::unfinishedUploads));
    metrics.gauge(
        "whorl_evidence_in_upload",
        "Evidence that holds a slot; -1 while it cannot be counted.",
        () -> count(receiver::evidenceInUpload));
    metrics.counter(
        "whorl_received_bytes_total", "Bytes of artifacts received.", counters::bytesReceived);
    metrics.counter(
        "whorl_received_artifacts_total", "Artifacts received.", counters::artifactsReceived);
    metrics.counter(
        "whorl_evidence_total", "Evidence kept.", counters::evidenceSealed, "state", "sealed");
    metrics.counter(
        "whorl_evidence_total", "Evidence kept.", counters::evidencePartial, "state", "partial");
    metrics.counter(
        "whorl_evidence_total", "Evidence kept.", counters::evidenceRefused, "state", "failed");
    metrics.counter(
        "whorl_upload_checksum_mismatches_total",
        "Chunks that were not what their checksum says.",
        counters::checksumMismatches);
    metrics.counter(
        "whorl_uploads_dropped_total",
        "Uploads that began and were given up or replaced.",
        counters::uploadsDropped);
    metrics.counter(
        "whorl_seal_listener_failures_total",
        "Times that what follows a seal failed.",
        counters::listenerFailures);
    metrics.counter(
        "whorl_upload_waits_total", "Uploads that had to wait their turn.", counters::waitsForSlot);
    metrics.counter(
        "whorl_upload_refused_total",
        "Uploads refused at the door.",
        counters::refusedForRoom,
        "why",
        "room");
    metrics.counter(
        "whorl_upload_refused_total",
        "Uploads refused at the door.",
        counters::refusedForLimits,
        "why",
        "limits");
  }
}
