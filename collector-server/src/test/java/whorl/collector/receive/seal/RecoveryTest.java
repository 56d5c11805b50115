package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.receive.AgentConnections;
import whorl.collector.store.disk.Disk;
import whorl.collector.testkit.DelegatingDisk;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Digest;
import whorl.evidence.channel.CaptureState;

class RecoveryTest {
  @TempDir Path root;
  private final FakeAgent agent = new FakeAgent().with("threads.txt", "threads").seal();

  @Test
  void lostCatalog_isRebuilt() throws Exception {
    ship();
    try (Stream<Path> files = Files.list(root)) {
      for (Path file : files.filter(each -> each.toString().contains("catalog.db")).toList()) {
        Files.delete(file);
      }
    }

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(collector.viewer.get("/api/v1/evidence").json().get("evidence").findValues("id"))
          .isNotEmpty();
    }
  }

  @Test
  void unreferencedContent_isRemoved_andOtherContentStays() throws Exception {
    ship();
    Path orphan = blob("orphan");

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(orphan).doesNotExist();
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void unreadableRecord_keepsAllContent() throws Exception {
    ship();
    Path orphan = blob("orphan");
    Path record = root.resolve("evidence/" + agent.evidence + "/evidence.json");
    String original = Files.readString(record);
    Files.writeString(record, original.substring(1));

    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(orphan).exists();
      assertThat(collector.catalog.size()).isEqualTo(1);
      assertThat(collector.verifyOffline().problems())
          .anyMatch(problem -> problem.contains("evidence.json can't be read"));
    }
    Files.writeString(record, original);
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(orphan).doesNotExist();
      assertThat(collector.verifyOffline().problems()).isEmpty();
    }
  }

  @Test
  void evidenceThatCannotBeFinished_keepsNeitherTheCollectorFromItsStart_norOthers()
      throws Exception {
    FakeAgent other = new FakeAgent().with("threads.txt", "other threads").seal();
    FakeAgent bad = agent.evidence.value().compareTo(other.evidence.value()) < 0 ? agent : other;
    FakeAgent good = bad == agent ? other : agent;
    ship();
    Path badDue;
    Path goodDue;
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(other.shipAll(collector.agentClient).status()).isEqualTo(204);
      badDue = due(collector, bad);
      goodDue = due(collector, good);
    }
    Path orphan = blob("orphan");
    AtomicBoolean failing = new AtomicBoolean(true);
    Disk disk =
        new DelegatingDisk() {
          @Override
          public void delete(Path path) throws IOException {
            if (failing.get() && path.equals(badDue)) {
              throw new IOException("a bad block");
            }
            super.delete(path);
          }
        };

    try (TestCollector collector =
        TestCollector.open(root, disk, TestCollector.LIMITS, new TestCollector.World())) {
      assertThat(goodDue).doesNotExist();
      assertThat(badDue).exists();
      assertThat(orphan).as("nothing is swept while something is unfinished").exists();

      failing.set(false);
      collector.receiver.expire(AgentConnections.UNKNOWN);
      assertThat(badDue).doesNotExist();
    }
  }

  /** As if the collector had ended before the evidence was in custody. */
  private static Path due(TestCollector collector, FakeAgent of) throws IOException {
    Digest record = Digest.of(collector.store.recordBytes(of.evidence));
    return Files.createFile(collector.folder.due(of.evidence, record));
  }

  @Test
  void evidenceThatCannotBeFinished_keepsNoSilentAgentsEvidenceFromItsSeal() throws Exception {
    ship();
    FakeAgent silent = new FakeAgent().with("threads.txt", "silent").seal();
    Disk disk =
        new DelegatingDisk() {
          @Override
          public void delete(Path path) throws IOException {
            if (path.startsWith(root.resolve("evidence/" + agent.evidence))) {
              throw new IOException("a bad block");
            }
            super.delete(path);
          }
        };
    try (TestCollector collector =
        TestCollector.open(root, disk, TestCollector.LIMITS, new TestCollector.World())) {
      Path unused = due(collector, agent);
      silent.ship(collector.agentClient, "threads.txt", "silent".getBytes(StandardCharsets.UTF_8));

      collector.expireUploads();

      assertThat(collector.store.record(silent.evidence).state()).isEqualTo(CaptureState.PARTIAL);
    }
  }

  /** As with an object store that is away when a collector starts again. */
  @Test
  void interruptedSeal_thatCannotBeRepeatedAtTheStart_isRepeatedLater_withoutItsAgent()
      throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    Disk endingWithTheSeal =
        new DelegatingDisk() {
          @Override
          public void linkOrCopy(Path from, Path to) throws IOException {
            ended.set(true);
            throw new IOException("the collector ended");
          }

          @Override
          public void delete(Path path) throws IOException {
            if (ended.get()) {
              throw new IOException("the collector ended");
            }
            super.delete(path);
          }
        };
    try (TestCollector collector =
        TestCollector.open(
            root, endingWithTheSeal, TestCollector.LIMITS, new TestCollector.World())) {
      assertThatThrownBy(() -> agent.shipAll(collector.agentClient))
          .hasStackTraceContaining("the collector ended");
    }
    AtomicBoolean away = new AtomicBoolean(true);
    Disk disk =
        new DelegatingDisk() {
          @Override
          public void linkOrCopy(Path from, Path to) throws IOException {
            if (away.get()) {
              throw new IOException("the store is away");
            }
            super.linkOrCopy(from, to);
          }
        };

    try (TestCollector collector =
        TestCollector.open(root, disk, TestCollector.LIMITS, new TestCollector.World())) {
      assertThat(collector.store.record(agent.evidence)).isNull();

      away.set(false);
      collector.receiver.expire(AgentConnections.UNKNOWN);

      assertThat(collector.store.record(agent.evidence).state()).isEqualTo(CaptureState.SEALED);
    }
  }

  @Test
  void addedDigests_areAlwaysContained() {
    ReferredDigests referred = new ReferredDigests();
    List<Digest> digests =
        Stream.iterate(0, i -> i < 5000, i -> i + 1)
            .map(i -> Digest.of(("d" + i).getBytes(StandardCharsets.UTF_8)))
            .toList();
    digests.forEach(referred::add);
    referred.seal();

    assertThat(digests).allMatch(referred::mayContain);
    assertThat(referred.mayContain(Digest.of("other".getBytes(StandardCharsets.UTF_8)))).isFalse();
  }

  private void ship() throws Exception {
    try (TestCollector collector = TestCollector.open(root)) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    }
  }

  private Path blob(String content) throws Exception {
    String hex = Digest.of(content.getBytes(StandardCharsets.UTF_8)).hex();
    Path blob = root.resolve("blobs").resolve(hex.substring(0, 2)).resolve(hex);
    Files.createDirectories(blob.getParent());
    return Files.writeString(blob, content);
  }
}
