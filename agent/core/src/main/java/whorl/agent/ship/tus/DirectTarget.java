package whorl.agent.ship.tus;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.ship.direct.DirectUpload;
import whorl.agent.ship.net.CollectorUrl;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * The destination and description of a {@link DirectUpload}. It can be passed to another JVM
 * through a pipe, so that the token never appears in arguments or environment:
 *
 * <pre>
 * int        0x57680001, the format and its version
 * optional   url, token, token file, CA, client certificate, client key
 * string     agent, capture, evidence, artifact name, media type
 *
 * optional   one byte, 0 for null or 1, then a string
 * string     as {@link java.io.DataOutput#writeUTF} writes it, at most 64 KiB
 * </pre>
 *
 * @param collector with a URL
 */
public record DirectTarget(
    AgentConfig.Collector collector,
    Id agent,
    Id capture,
    Id evidence,
    ArtifactName name,
    String mediaType) {
  private static final int FORMAT = 0x57680001;

  /**
   * @throws IllegalArgumentException if the collector has no URL, or one without a host
   */
  public DirectTarget {
    URI url = collector.url();
    if (url == null || url.getHost() == null) {
      throw new IllegalArgumentException(
          "artifact " + name + ": there is no collector.url, or it has no host");
    }
  }

  /** Returns the same target with another artifact name. */
  public DirectTarget withName(ArtifactName other) {
    return new DirectTarget(collector, agent, capture, evidence, other, mediaType);
  }

  public CollectorUrl url() {
    URI url = collector.url();
    if (url == null) {
      throw new IllegalStateException("no URL");
    }
    return CollectorUrl.of(url);
  }

  /** Writes this target and flushes; more may follow on the same stream. */
  public void writeTo(OutputStream to) throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    Secret token = collector.token();
    out.writeInt(FORMAT);
    optional(out, collector.url());
    optional(out, token == null ? null : token.reveal());
    optional(out, collector.tokenFile());
    optional(out, collector.ca());
    optional(out, collector.clientCert());
    optional(out, collector.clientKey());
    out.writeUTF(agent.value());
    out.writeUTF(capture.value());
    out.writeUTF(evidence.value());
    out.writeUTF(name.value());
    out.writeUTF(mediaType);
    out.flush();
  }

  /**
   * Reads a target written by {@link #writeTo}, and no byte more.
   *
   * @throws IOException if it is malformed; the message contains nothing that was read
   */
  public static DirectTarget readFrom(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(from);
    if (in.readInt() != FORMAT) {
      throw new IOException("not an upload's target, or of another version");
    }
    try {
      return new DirectTarget(
          new AgentConfig.Collector(
              optional(in, URI::create),
              optional(in, Secret::new),
              optional(in, Path::of),
              optional(in, Path::of),
              optional(in, Path::of),
              optional(in, Path::of)),
          new Id(in.readUTF()),
          new Id(in.readUTF()),
          new Id(in.readUTF()),
          new ArtifactName(in.readUTF()),
          in.readUTF());
    } catch (IllegalArgumentException e) {
      // The exception's message may quote what was read.
      throw new IOException("an upload's target is malformed");
    }
  }

  private static void optional(DataOutputStream out, @Nullable Object value) throws IOException {
    out.writeBoolean(value != null);
    if (value != null) {
      out.writeUTF(value.toString());
    }
  }

  private static <T> @Nullable T optional(DataInputStream in, Function<String, T> parser)
      throws IOException {
    return in.readBoolean() ? parser.apply(in.readUTF()) : null;
  }
}
