package whorl.collector.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.export.EvidenceRoutes;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.notify.Notifier;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.bag.BagImport;
import whorl.collector.receive.bag.BagRoutes;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.RecordMetrics;

/**
 * What takes evidence in, from agents and from bags, and what happens once it is sealed.
 *
 * @param bags takes evidence in from bags of other collectors
 */
public record ReceiveWiring(
    ReceiverDependencies receiving, ReceiveLimits limits, Receiver receiver, BagImport bags) {

  /**
   * Opens the receiver, which recovers what was interrupted.
   *
   * @param notifier is called with sealed evidence
   */
  public static ReceiveWiring open(
      Foundation base,
      CustodyWiring custody,
      IdentityWiring identities,
      FleetWiring fleet,
      TimelineWiring timelines,
      Notifier notifier)
      throws IOException {
    ReceiverDependencies receiving =
        new ReceiverDependencies(
            base.folder(),
            Disk.LOCAL,
            base.store(),
            base.catalog(),
            custody.log(),
            custody.enrolments()::keyId,
            fleet::serviceOf,
            identities.owners(),
            identities.budget(),
            new SealedCaptures.AfterSeal(
                new SealedCaptures(fleet.captures()),
                timelines.index(),
                fleet.chains().chains(),
                notifier),
            base.freeBytes(),
            base.clock(),
            System::nanoTime,
            base.readiness()::recovering);
    ReceiveLimits limits =
        ReceiveLimits.DEFAULT.with(base.config().artifactMaxBytes(), base.config().maxUploads());
    Receiver receiver =
        Receiver.open(receiving, limits, base.objects().uploads(base.folder(), base.database()));
    base.closeFirst(receiver);
    BagImport bags =
        new BagImport(
            receiving,
            limits,
            receiver::underWay,
            new CaptureLedger(base.database())::agentsOf,
            receiver.counters());
    RecoveryWiring.start(base, receiver);
    base.every("expiry", Duration.ofMinutes(1), () -> receiver.expire(fleet.fleet()::isConnected));
    register(base.metrics(), receiver);
    return new ReceiveWiring(receiving, limits, receiver, bags);
  }

  /** The routes of uploads, evidence and bags. */
  public List<Route> routes(
      Foundation base, CustodyWiring custody, IdentityWiring identities, FleetWiring fleet) {
    List<Route> routes = new ArrayList<>(receiver.routes());
    routes.addAll(
        new EvidenceRoutes(
                base.store(),
                base.catalog(),
                new GravestLedger(base.database()),
                custody.log(),
                custody.publisher(),
                base.clock(),
                fleet.chains().ledger(),
                custody.exports(),
                identities.owners()::ownerOf)
            .routes());
    routes.addAll(new BagRoutes(bags, receiving, limits).routes());
    return routes;
  }

  private static void register(Metrics metrics, Receiver receiver) {
    ReceiverCounters counters = receiver.counters();
    metrics.gauge(
        "whorl_uploads_unfinished",
        "Uploads under way; -1 while they cannot be counted.",
        () -> RecordMetrics.orMinusOne(receiver::unfinishedUploads));
    metrics.gauge(
        "whorl_evidence_in_upload",
        "Evidence that holds a slot; -1 while it cannot be counted.",
        () -> RecordMetrics.orMinusOne(receiver::evidenceInUpload));
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
        "whorl_uploads_terminated_total",
        "Uploads that agents ended.",
        counters::uploadsTerminated);
    metrics.counter(
        "whorl_seals_incomplete_total",
        "Envelopes that came while artifacts were missing or wrong.",
        counters::sealsLacking);
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
