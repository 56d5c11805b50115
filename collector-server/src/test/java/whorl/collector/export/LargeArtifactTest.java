package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Manifest;
import whorl.evidence.channel.CaptureState;

/** Heaps can be longer than four gibibytes, beyond the range of 32 bits. */
class LargeArtifactTest {
  private static final long SIZE_BYTES = (4L << 30) + (256 << 20);
  private static final ArtifactName HEAP = new ArtifactName("heap.hprof.gz");

  @TempDir Path root;

  @Test
  void range_beyondFourGibibytes_isCorrect() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      Digest digest = Digest.of(new byte[] {1});
      Path blob = collector.folder.blob(digest);
      Files.createDirectories(blob.getParent());
      try (RandomAccessFile sparse = new RandomAccessFile(blob.toFile(), "rw")) {
        sparse.setLength(SIZE_BYTES);
        sparse.seek(SIZE_BYTES - 3);
        sparse.write(new byte[] {'e', 'n', 'd'});
      }
      Id evidence = new Id("evidence-1");
      collector.store.commit(record(evidence, digest));

      String artifact = "/api/v1/evidence/" + evidence + "/artifacts/" + HEAP;
      Answer tail =
          collector.viewer.call("GET", artifact, Map.of("Range", "bytes=-3"), new byte[0]);
      Answer from =
          collector.viewer.call(
              "GET", artifact, Map.of("Range", "bytes=" + (SIZE_BYTES - 4) + "-"), new byte[0]);

      assertThat(tail.status()).isEqualTo(206);
      assertThat(tail.text()).isEqualTo("end");
      assertThat(tail.header("Content-Range")).isEqualTo("bytes 4563402749-4563402751/4563402752");
      assertThat(from.text()).isEqualTo("\0end");
    }
  }

  @Test
  @EnabledIfSystemProperty(
      named = "whorl.test.large",
      matches = "true",
      disabledReason = "writes 9 GiB; run with -Dwhorl.test.large=true")
  void artifactOfMoreThanFourGibibytes_isReceivedSealedAndVerifiedFromItsBag() throws Exception {
    World world = new World();
    ReceiveLimits limits =
        new ReceiveLimits(64L << 30, 100, 1000, 1 << 20, 500, Duration.ofHours(24));
    try (TestCollector collector =
        TestCollector.open(root.resolve("data"), new UnforcedDisk(), limits, world)) {
      FakeAgent agent = new FakeAgent().with("threads.txt", "threads");
      String location =
          agent.createStreamed(collector.agentClient, HEAP.value()).header("Location");
      assertThat(upload(collector, location)).isEqualTo(204);
      assertThat(world.told.lastStreamed.get()).isEqualTo(SIZE_BYTES);
      assertThat(agent.seal(withHeap(agent)).shipAll(collector.agentClient).status())
          .isEqualTo(204);

      String one = "/api/v1/evidence/" + agent.evidence;
      assertThat(collector.viewer.get(one).json().at("/artifacts/0/size").asLong())
          .isEqualTo(SIZE_BYTES);
      Path bag = root.resolve("bag.zip");
      try (OutputStream out = Files.newOutputStream(bag)) {
        EvidenceRecord record = collector.store.record(agent.evidence);
        new BagWriter(collector.store)
            .write(
                record,
                collector.store.recordBytes(agent.evidence),
                collector.custody.located(agent.evidence),
                null,
                out);
      }

      VerificationReport report = new OfflineVerifier(InstantSource.system()).verify(bag);
      assertThat(report.problems()).isEmpty();
      assertThat(report.bytes()).isGreaterThan(SIZE_BYTES);
    }
  }

  private static int upload(TestCollector collector, String location) throws IOException {
    return collector
        .agentClient
        .call(
            "PATCH",
            location,
            Map.of(
                "Tus-Resumable", "1.0.0",
                "Content-Type", "application/offset+octet-stream",
                "Upload-Offset", "0",
                "Upload-Length", Long.toString(SIZE_BYTES)),
            new Zeros(SIZE_BYTES),
            SIZE_BYTES)
        .status();
  }

  private static Manifest withHeap(FakeAgent agent) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream zeros = new Zeros(SIZE_BYTES)) {
      for (int read = zeros.read(buffer); read > 0; read = zeros.read(buffer)) {
        sha256.update(buffer, 0, read);
      }
    }
    Manifest without = agent.manifest();
    List<Artifact> artifacts = new ArrayList<>(without.artifacts());
    artifacts.add(new Artifact(HEAP, SIZE_BYTES, Digest.of(sha256), "application/gzip"));
    return new Manifest(
        Manifest.VERSION,
        without.evidence(),
        without.capture(),
        without.agent(),
        null,
        without.reason(),
        without.startedAt(),
        without.sealedAt(),
        without.key(),
        artifacts,
        List.of(),
        Map.of(),
        null,
        null,
        null);
  }

  private static EvidenceRecord record(Id evidence, Digest digest) {
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        evidence,
        new Id("capture-1"),
        new Id("agent-001"),
        "shop",
        null,
        "asked for",
        null,
        CaptureState.SEALED,
        Instant.EPOCH,
        List.of(StoredArtifact.arrived(HEAP, SIZE_BYTES, digest, "application/gzip")),
        SignatureOutcome.NONE,
        List.of(),
        null,
        List.of());
  }

  /** This many zero bytes. */
  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long left) {
      this.left = left;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("one by one would take for ever");
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int given = (int) Math.min(length, left);
      left -= given;
      return given == 0 ? -1 : given;
    }
  }
}
