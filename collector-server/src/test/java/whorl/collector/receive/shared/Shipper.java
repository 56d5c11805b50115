package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.evidence.ArtifactName;

/**
 * Ships the artifacts of an agent, and remembers what was acknowledged. {@code heap.bin} is
 * streamed in chunks, {@code class…} comes with its creation, the others in one PATCH.
 */
final class Shipper {
  static final String HEAP = "heap.bin";
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  final FakeAgent agent;
  private final int chunkBytes;
  final Map<String, String> locations = new LinkedHashMap<>();
  final Map<String, Long> acknowledged = new LinkedHashMap<>();
  boolean sealed;

  Shipper(FakeAgent agent, int chunkBytes) {
    this.agent = agent;
    this.chunkBytes = chunkBytes;
  }

  private Map<String, byte[]> all() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    for (Map.Entry<ArtifactName, byte[]> each : agent.artifacts.entrySet()) {
      all.put(each.getKey().value(), each.getValue());
    }
    all.put("manifest.json", agent.manifestJson());
    all.put("manifest.dsse.json", agent.envelopeJson());
    return all;
  }

  /** Ships until all is sealed; throws an AssertionError if the collector dies. */
  void ship(FakeClient client) {
    for (Map.Entry<String, byte[]> each : all().entrySet()) {
      if (!sealed) {
        ship(client, each.getKey(), each.getValue());
      }
    }
    sealed = true;
  }

  /** Ships one artifact from where the collector has it. */
  void ship(FakeClient client, String name, byte[] content) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < end) {
      Answer created = create(client, name, content);
      if (created.text().startsWith("already sealed")) {
        sealed = true;
        return;
      }
      if (created.status() >= 500 || created.status() == 423) {
        pause();
        continue;
      }
      assertThat(created.status()).as("%s: %s", name, created.text()).isLessThan(300);
      locations.put(name, created.header("Location"));
      long offset = Long.parseLong(created.headers().getOrDefault("Upload-Offset", "0"));
      acknowledge(name, offset);
      if (patchAll(client, name, content, offset)) {
        return;
      }
      pause();
    }
    throw new IllegalStateException(name + " could not be shipped in time");
  }

  private Answer create(FakeClient client, String name, byte[] content) {
    if (name.equals(HEAP)) {
      return agent.createStreamed(client, name);
    }
    return name.startsWith("class")
        ? agent.createWith(client, name, content, content)
        : agent.create(client, name, content.length);
  }

  /** False if the upload has to be looked for again. */
  private boolean patchAll(FakeClient client, String name, byte[] content, long from) {
    long at = from;
    boolean touch = name.equals("manifest.dsse.json");
    while (at < content.length || touch) {
      int to = name.equals(HEAP) ? (int) Math.min(content.length, at + chunkBytes) : content.length;
      Answer answer = patch(client, name, content, (int) at, to);
      if (answer.status() != 204) {
        assertThat(answer.status()).as("%s: %s", name, answer.text()).isIn(404, 409, 410, 423, 500, 503);
        return false;
      }
      at = Long.parseLong(answer.header("Upload-Offset"));
      assertThat(at).isEqualTo(to);
      acknowledge(name, at);
      touch = false;
    }
    return true;
  }

  /** Sends the bytes from one offset to another; the last chunk of a heap says its length. */
  Answer patch(FakeClient client, String name, byte[] content, int from, int to) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Tus-Resumable", "1.0.0");
    headers.put("Content-Type", "application/offset+octet-stream");
    headers.put("Upload-Offset", Integer.toString(from));
    if (name.equals(HEAP) && to == content.length) {
      headers.put("Upload-Length", Integer.toString(to));
    }
    return client.call(
        "PATCH", locations.get(name), headers, Arrays.copyOfRange(content, from, to));
  }

  private void acknowledge(String name, long offset) {
    long before = acknowledged.getOrDefault(name, 0L);
    assertThat(offset)
        .as("what was acknowledged of %s is there", name)
        .isGreaterThanOrEqualTo(before);
    acknowledged.put(name, offset);
  }

  static void pause() {
    try {
      Thread.sleep(15);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
