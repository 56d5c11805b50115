package whorl.collector.custody.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/** An agent's manifest may take a hundred megabytes when it is parsed, and many may be verified. */
class LargeManifestsTest {
  private static final Id ID = Id.next(InstantSource.system());

  @Test
  void largeManifests_areParsedOneAfterTheOther() throws Exception {
    assertThat(areReadTogether(new byte[512 << 10])).isFalse();
  }

  @Test
  void smallManifests_waitForNoOther() throws Exception {
    assertThat(areReadTogether(new byte[1 << 10])).isTrue();
  }

  private static boolean areReadTogether(byte[] manifest) throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Boolean>> both =
          List.of(
              threads.submit(() -> verify(manifest, together)),
              threads.submit(() -> verify(manifest, together)));
      boolean met = true;
      for (Future<Boolean> each : both) {
        met &= each.get(30, TimeUnit.SECONDS);
      }
      return met;
    } finally {
      threads.shutdownNow();
    }
  }

  /** True if another thread read a manifest at the same time. */
  private static boolean verify(byte[] manifest, CyclicBarrier together) throws IOException {
    MeetingBundle bundle =
        new MeetingBundle(new FakeBundle(Map.of("manifest.json", manifest)), together);
    new EvidenceCheck(bundle, new VerificationReport.Builder("bag"))
        .ofCollector(record(manifest), new byte[0], List.of());
    return bundle.met;
  }

  private static final class MeetingBundle implements Bundle {
    private final FakeBundle files;
    private final CyclicBarrier together;
    private boolean met;

    MeetingBundle(FakeBundle files, CyclicBarrier together) {
      this.files = files;
      this.together = together;
    }

    @Override
    public SortedSet<String> names() {
      return files.names();
    }

    @Override
    public InputStream open(String name) throws IOException {
      return files.open(name);
    }

    @Override
    public byte @Nullable [] read(String name, int maxBytes) throws IOException {
      try {
        int unused = together.await(1, TimeUnit.SECONDS);
        met = true;
      } catch (TimeoutException | BrokenBarrierException alone) {
        met = false;
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return files.read(name, maxBytes);
    }
  }

  private static EvidenceRecord record(byte[] manifest) {
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        ID,
        ID,
        ID,
        "shop",
        null,
        "a reason",
        null,
        CaptureState.SEALED,
        Instant.EPOCH,
        List.of(
            StoredArtifact.arrived(
                ArtifactName.MANIFEST, manifest.length, Digest.of(manifest), "application/json")),
        SignatureOutcome.NONE,
        List.of(),
        null,
        List.of());
  }
}
