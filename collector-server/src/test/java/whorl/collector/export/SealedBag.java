package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;

/** Evidence as exported by the collector: signed with an agent's key, and unpacked from its bag. */
final class SealedBag {
  /** The artifacts in the bag, in addition to the manifest and its envelope. */
  static final List<String> ARTIFACTS =
      List.of("recording.jfr", "threads.txt", "classes/" + "0".repeat(64) + ".class");

  private SealedBag() {}

  /** The bag's own folder. */
  static Path unpack(Path folder) throws IOException {
    TestCollector.World world = new TestCollector.World();
    byte[] recording = new byte[300_000];
    new Random(1).nextBytes(recording);
    FakeAgent agent =
        new FakeAgent()
            .with(ARTIFACTS.get(0), recording)
            .with(ARTIFACTS.get(1), "\"main\" é\n")
            .with(ARTIFACTS.get(2), new byte[] {(byte) 0xca, (byte) 0xfe})
            .seal();
    world.keys.put(agent.id, agent.key.publicKey());
    try (TestCollector collector = TestCollector.open(folder.resolve("data"), world)) {
      assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
      unzip(
          collector.viewer.get("/api/v1/evidence/" + agent.evidence + "/bag").body(),
          folder.resolve("bag"));
    }
    try (var bags = Files.list(folder.resolve("bag"))) {
      return bags.findFirst().orElseThrow();
    }
  }

  /** The bag's key file in PEM, which other programs expect. */
  static Path key(Path bag) throws IOException {
    String key = Files.readString(bag.resolve("agent-key.txt")).strip();
    return Files.writeString(
        bag.resolveSibling("agent-key.pem"),
        "-----BEGIN PUBLIC KEY-----\n" + key + "\n-----END PUBLIC KEY-----\n");
  }

  /** Flips one bit of the byte in the middle. */
  static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private static void unzip(byte[] zip, Path folder) throws IOException {
    try (ZipInputStream in =
        new ZipInputStream(new ByteArrayInputStream(zip), StandardCharsets.UTF_8)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path target = folder.resolve(entry.getName()).normalize();
        assertThat(target.startsWith(folder)).isTrue();
        if (!entry.isDirectory()) {
          Files.createDirectories(target.getParent());
          Files.copy(in, target);
        }
      }
    }
  }
}
