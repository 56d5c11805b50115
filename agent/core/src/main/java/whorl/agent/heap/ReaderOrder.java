package whorl.agent.heap;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.ship.tus.Chunk;
import whorl.agent.ship.tus.DirectTarget;
import whorl.evidence.HeapFacts;
import whorl.evidence.Text;

/**
 * The reader's order. It arrives over standard input, because it holds the agent's token:
 *
 * <pre>
 * int version   long parent   int main   int segment   UTF content   UTF recipient or ""
 * long pauseLimitMillis   long classesMaxBytes   int chunkMaxBytes   int count { UTF property, UTF value }
 * the upload's target
 * </pre>
 *
 * <p>Single bytes follow: {@link #GO}.
 *
 * @param parent process id of the JVM that is dumped
 * @param main that process's descriptor of the main stream; {@code segment} that of the segment
 *     stream
 * @param recipient an age recipient; null for none
 * @param classesMaxBytes the memory limit for the dump's class part, compressed
 * @param chunkMaxBytes the memory limit for each chunk of the upload
 * @param properties the parent's system properties for the trust store of TLS
 */
record ReaderOrder(
    long parent,
    int main,
    int segment,
    HeapFacts.Content content,
    @Nullable String recipient,
    Duration pauseLimit,
    long classesMaxBytes,
    int chunkMaxBytes,
    Map<String, String> properties,
    DirectTarget target) {
  /** The dump starts now: the pause limit begins to run. */
  static final int GO = 'g';

  private static final int VERSION = 2;
  private static final int PROPERTIES_MAX = 64;

  void writeTo(DataOutputStream out) throws IOException {
    out.writeInt(VERSION);
    out.writeLong(parent);
    out.writeInt(main);
    out.writeInt(segment);
    out.writeUTF(content.name());
    out.writeUTF(recipient == null ? "" : recipient);
    out.writeLong(pauseLimit.toMillis());
    out.writeLong(classesMaxBytes);
    out.writeInt(chunkMaxBytes);
    out.writeInt(properties.size());
    for (Map.Entry<String, String> property : properties.entrySet()) {
      out.writeUTF(property.getKey());
      out.writeUTF(property.getValue());
    }
    target.writeTo(out);
    out.flush();
  }

  /**
   * @throws IOException if it is no order, or of another version
   */
  static ReaderOrder readFrom(DataInputStream in) throws IOException {
    int version = in.readInt();
    if (version != VERSION) {
      throw new IOException("an order of version " + version + ", read is " + VERSION);
    }
    long parent = in.readLong();
    int main = in.readInt();
    int segment = in.readInt();
    HeapFacts.Content content = content(in.readUTF());
    String recipient = in.readUTF();
    Duration pauseLimit = Duration.ofMillis(in.readLong());
    long classesMaxBytes = in.readLong();
    int chunkMaxBytes = in.readInt();
    if (chunkMaxBytes < 1 || chunkMaxBytes > Chunk.PART_BYTES) {
      throw new IOException(
          "an order with chunks of " + chunkMaxBytes + " bytes, at most " + Chunk.PART_BYTES);
    }
    Map<String, String> properties = new TreeMap<>();
    int count = in.readInt();
    if (count < 0 || count > PROPERTIES_MAX) {
      throw new IOException(
          "an order with " + count + " properties, allowed are " + PROPERTIES_MAX);
    }
    for (int i = 0; i < count; i++) {
      properties.put(in.readUTF(), in.readUTF());
    }
    return new ReaderOrder(
        parent,
        main,
        segment,
        content,
        recipient.isEmpty() ? null : recipient,
        pauseLimit,
        classesMaxBytes,
        chunkMaxBytes,
        properties,
        DirectTarget.readFrom(in));
  }

  private static HeapFacts.Content content(String name) throws IOException {
    try {
      return HeapFacts.Content.valueOf(name);
    } catch (IllegalArgumentException unknown) {
      throw new IOException(
          "an order of content that is not known: " + Text.shortened(name), unknown);
    }
  }

  /**
   * The properties of this JVM that set the trust store of TLS. The application can replace the
   * properties by a class of its own, so meanwhile this thread is observed.
   */
  static Map<String, String> trustProperties() {
    try {
      return ThreadState.observed(ReaderOrder::readTrustProperties);
    } catch (RuntimeException | Error ofTheApplication) {
      return Map.of();
    }
  }

  private static Map<String, String> readTrustProperties() {
    Map<String, String> trust = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("javax.net.ssl.trustStore")) {
        trust.put(name, System.getProperty(name, ""));
      }
    }
    return trust;
  }
}
