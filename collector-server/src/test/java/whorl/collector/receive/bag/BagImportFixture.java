package whorl.collector.receive.bag;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.Zips;
import whorl.evidence.Digest;

/** A bag of one collector, and another collector that imports it. */
abstract class BagImportFixture {
  static final String PATH = "/api/v1/evidence/import";
  @TempDir Path root;
  final TestCollector.World from = new TestCollector.World();
  final TestCollector.World to = new TestCollector.World();

  final FakeAgent agent =
      new FakeAgent().with("threads.txt", "threads").with("classes/ab12.class", "class").seal();

  byte[] bag;
  TestCollector collector;

  @BeforeEach
  void ship() throws Exception {
    from.keys.put(agent.id, agent.key.publicKey());
    try (TestCollector first = TestCollector.open(root.resolve("first"), from)) {
      assertThat(agent.shipAll(first.agentClient).status()).isEqualTo(204);
      first.publisher.publish();
      bag = first.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body();
    }
    to.now.set(from.now.get().plus(Duration.ofDays(1)));
    collector = TestCollector.open(root.resolve("second"), to);
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
  }

  Answer send(byte[] zip, String query) {
    return collector.importer.call("POST", PATH + query, Map.of(), zip);
  }

  /** The bag of partial evidence, of a collector that wrote this record of it. */
  byte[] partialBag(FakeAgent gone, UnaryOperator<String> record) throws Exception {
    try (TestCollector third =
        TestCollector.open(root.resolve("third"), new TestCollector.World())) {
      gone.ship(third.agentClient, "threads.txt", "threads".getBytes(StandardCharsets.UTF_8));
      third.expireUploads();
      String before = new String(third.store.recordBytes(gone.evidence), StandardCharsets.UTF_8);
      byte[] after = record.apply(before).getBytes(StandardCharsets.UTF_8);
      third.store.adopt(gone.evidence, after, List.of(), true);
      third.custody.append(
          CustodyAction.EXPIRED,
          gone.evidence,
          "collector",
          Map.of("record", Digest.of(after).hex()));
      return third.viewer.get("/api/v1/evidence/" + gone.evidence + "/bag").body();
    }
  }

  static String base(Map<String, byte[]> files) {
    String first = files.keySet().iterator().next();
    return first.substring(0, first.indexOf('/') + 1);
  }

  /** The bag with changes, and with more files in its folder. */
  byte[] zip(Consumer<Map<String, byte[]>> change, Map<String, byte[]> more) throws IOException {
    Map<String, byte[]> files = Zips.read(bag);
    String base = base(files);
    change.accept(files);
    more.forEach((name, content) -> files.put(base + name, content));
    return Zips.write(files);
  }

  static byte[] entry(byte[] zip, String name) throws IOException {
    Map<String, byte[]> files = Zips.read(zip);
    return files.get(base(files) + name);
  }
}
