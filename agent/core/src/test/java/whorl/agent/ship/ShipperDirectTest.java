package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.ship.direct.DirectUpload;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.agent.ship.tus.DirectTarget;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** Evidence with an artifact that went straight to the collector. */
@Timeout(60)
final class ShipperDirectTest extends ShipperFixture {
  @Test
  void ship_directlyUploadedArtifact_isSealedAndNotSentAgain() throws Exception {
    Id evidence = Samples.id();
    Id capture = Samples.id();
    Draft draft = spool.begin(evidence, capture);
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    draft.arrived(uploadDirectly(evidence, capture));
    Samples.put(draft, "b.txt", Samples.bytes(2, 10));
    Samples.seal(draft);
    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.disk.completed)
        .containsOnlyOnce("heap.hprof.gz", "a.txt", "b.txt", "manifest.dsse.json");
    assertThat(collector.requests).filteredOn(request -> request.startsWith("POST")).hasSize(5);
    await().until(() -> spool.waiting() == 0);
    assertThat(spool.usedBytes()).isZero();
  }

  @Test
  void ship_nextJvmFindsADirectlyUploadedArtifact_isSealedWithIt() throws Exception {
    Id evidence = Samples.id();
    Id capture = Samples.id();
    Draft draft = spool.begin(evidence, capture);
    draft.arrived(uploadDirectly(evidence, capture));
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    Samples.seal(draft);
    spool.close();
    spool =
        Spool.inFolder(
            folder.resolve("spool"),
            new SpoolOwner(new Id("agent-of-the-next-jvm"), "shop", false),
            64 * MIB,
            () -> 64 * MIB);
    start(collector.url());

    awaitSealed(evidence);
    assertThat(collector.disk.completed).containsOnlyOnce("heap.hprof.gz", "a.txt");
  }

  @Test
  void ship_collectorLostADirectlyUploadedArtifact_isRejectedAfterTheRestArrived()
      throws Exception {
    Id evidence = Samples.id();
    Id capture = Samples.id();
    Draft draft = spool.begin(evidence, capture);
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    draft.arrived(uploadDirectly(evidence, capture));
    Samples.seal(draft);
    collector.disk.uploads.remove(evidence + "/heap.hprof.gz");
    start(collector.url());

    await().until(() -> spool.waiting() == 0);
    assertThat(status().lastError())
        .contains("artifact heap.hprof.gz, which went straight there and cannot be sent again");
    assertThat(collector.disk.completed).contains("a.txt");
    assertThat(sealed(evidence)).isFalse();
    assertThat(shipper().losses()).containsEntry("evidence.rejected", 1L);
  }

  @Test
  void ship_noCollectorAnyMore_folderGetsAllButDirectUploads() throws Exception {
    Id evidence = Samples.id();
    Id capture = Samples.id();
    Draft draft = spool.begin(evidence, capture);
    draft.arrived(uploadDirectly(evidence, capture));
    Samples.put(draft, "a.txt", Samples.bytes(1, 10));
    Samples.seal(draft);
    start(null, folder.resolve("kept"));

    Path kept = folder.resolve("kept").resolve(evidence.value());
    await().until(() -> Files.isDirectory(kept) && spool.waiting() == 0);
    assertThat(kept.resolve("a.txt")).hasSize(10);
    assertThat(kept.resolve("heap.hprof.gz")).doesNotExist();
    assertThat(kept.resolve("manifest.json")).content().contains("heap.hprof.gz");
  }

  /** An artifact that is at the collector already. */
  private Artifact uploadDirectly(Id evidence, Id capture) throws Exception {
    DirectTarget target =
        new DirectTarget(
            Samples.collector(collector.url()),
            Samples.AGENT,
            capture,
            evidence,
            new ArtifactName("heap.hprof.gz"),
            "application/gzip");
    try (DirectUpload upload =
        DirectUpload.open(target, DirectUpload.Limits.STANDARD, Thread::new)) {
      upload.stream().write(Samples.bytes(9, 2_000_000));
      return upload.finish();
    }
  }
}
