package whorl.agent.heap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.config.AgentConfig;
import whorl.agent.encrypt.Recipient;
import whorl.agent.hprof.Content;
import whorl.agent.hprof.HeapDumpPass;
import whorl.agent.hprof.PassLimits;
import whorl.agent.hprof.PassResult;
import whorl.evidence.ArtifactName;
import whorl.evidence.HeapFacts;

/** The steps that a dump passes: it is ordered, redacted, compressed and encrypted. */
final class HeapFilter {
  private static final ArtifactName NAME = new ArtifactName("heap.hprof.gz");
  private static final String MEDIA_TYPE = "application/gzip";

  private final HeapFacts.Content content;
  private final @Nullable Recipient recipient;
  private final long classesMaxBytes;
  private final ThreadFactory threads;

  /**
   * @param recipient the recipient of the encryption; null for no encryption
   * @param classesMaxBytes the memory limit for the dump's class part, compressed
   */
  HeapFilter(
      HeapFacts.Content content,
      @Nullable Recipient recipient,
      long classesMaxBytes,
      ThreadFactory threads) {
    this.content = content;
    this.recipient = recipient;
    this.classesMaxBytes = classesMaxBytes;
    this.threads = threads;
  }

  /** The artifact's name. */
  static ArtifactName name(@Nullable Recipient recipient) {
    return recipient == null ? NAME : recipient.nameOf(NAME);
  }

  static String mediaType(@Nullable Recipient recipient) {
    return recipient == null ? MEDIA_TYPE : Recipient.MEDIA_TYPE;
  }

  static HeapFacts.Content content(AgentConfig.Heap config) {
    return switch (config.content()) {
      case FULL -> HeapFacts.Content.FULL;
      case REDACTED -> HeapFacts.Content.REDACTED;
      case STRUCTURE -> HeapFacts.Content.STRUCTURE;
    };
  }

  private Content passed() {
    return switch (content) {
      case FULL -> Content.FULL;
      case REDACTED -> Content.REDACTED;
      case STRUCTURE -> Content.STRUCTURE;
    };
  }

  /** Writes the number of missing stacks to the acquisition log, if there are any. */
  static void logDropped(long stacks, ArtifactOutput out) {
    if (stacks > 0) {
      out.log(
          "heap: "
              + stacks
              + " stacks of virtual threads were left out for lack of memory; their objects are"
              + " there");
    }
  }

  /**
   * Passes on a whole dump.
   *
   * @param segment the object part, if there is one
   * @param to closed after all of it was written, and left open otherwise
   * @throws IOException if the dump cannot be parsed, ends early, or {@code to} fails
   */
  PassResult pass(InputStream main, InputStream segment, OutputStream to)
      throws IOException, InterruptedException {
    OutputStream plain = recipient == null ? to : recipient.encrypting(to);
    BlockGzip gzip = new BlockGzip(plain, threads);
    try {
      PassResult result =
          new HeapDumpPass(passed(), PassLimits.holding(classesMaxBytes), threads)
              .run(main, segment, gzip);
      gzip.close();
      return result;
    } finally {
      gzip.abandon();
    }
  }
}
