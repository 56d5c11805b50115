package whorl.collector.custody.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.VerifierKey;
import whorl.evidence.Digest;

/**
 * What the person who verifies has from elsewhere.
 *
 * @param checkpoints of the log, which were kept elsewhere
 * @param authorities certificates that time stamps must lead to; empty to leave that unchecked
 * @param agentKeys SHA-256 of agents' keys: the evidence must be signed with one of them. Empty if
 *     any key will do
 * @param logKeys keys of custody logs: the evidence must be in the log of one of them. Empty if any
 *     log will do
 */
public record Anchors(
    List<KeptCheckpoint> checkpoints,
    List<X509Certificate> authorities,
    List<Digest> agentKeys,
    List<VerifierKey> logKeys) {
  /** Nothing. */
  public static final Anchors NONE = new Anchors(List.of(), List.of(), List.of(), List.of());

  private static final int CHECKPOINT_MAX_BYTES = 1 << 20;

  public Anchors {
    checkpoints = List.copyOf(checkpoints);
    authorities = List.copyOf(authorities);
    agentKeys = List.copyOf(agentKeys);
    logKeys = List.copyOf(logKeys);
  }

  /**
   * A checkpoint that was kept elsewhere.
   *
   * @param name of its file, for messages
   */
  public record KeptCheckpoint(String name, SignedCheckpoint checkpoint) {}

  /** True if there is no key and no checkpoint to compare with. */
  public boolean isEmpty() {
    return !nameLogs() && agentKeys.isEmpty();
  }

  /** True if these name logs that the evidence must be in. */
  boolean nameLogs() {
    return !checkpoints.isEmpty() || !logKeys.isEmpty();
  }

  /** True if the log of this key is known from elsewhere. */
  boolean know(VerifierKey log) {
    return logKeys.contains(log)
        || checkpoints.stream().anyMatch(kept -> kept.checkpoint().isSignedBy(log));
  }

  /** Only the checkpoints of the log that has one of these keys, or only the others. */
  Anchors ofLogs(Collection<VerifierKey> keys, boolean of) {
    return new Anchors(
        checkpoints.stream()
            .filter(kept -> of == keys.stream().anyMatch(kept.checkpoint()::isSignedBy))
            .toList(),
        authorities,
        agentKeys,
        logKeys);
  }

  /** The same, and these keys. */
  public Anchors with(List<Digest> agents, List<VerifierKey> logs) {
    return new Anchors(checkpoints, authorities, agents, logs);
  }

  /**
   * Reads them from files.
   *
   * @param tsaCa certificates in PEM; null if there are none
   * @throws IOException with a message that names the file
   */
  public static Anchors read(List<Path> checkpoints, @Nullable Path tsaCa) throws IOException {
    List<KeptCheckpoint> kept = new ArrayList<>();
    for (Path file : checkpoints) {
      if (Files.size(file) > CHECKPOINT_MAX_BYTES) {
        throw new IOException(file + " is no checkpoint: it is too long");
      }
      try {
        kept.add(
            new KeptCheckpoint(file.toString(), SignedCheckpoint.parse(Files.readAllBytes(file))));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " is " + e.getMessage(), e);
      }
    }
    return new Anchors(kept, tsaCa == null ? List.of() : certificates(tsaCa), List.of(), List.of());
  }

  private static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        certificates.add((X509Certificate) each);
      }
    } catch (CertificateException e) {
      throw new IOException(file + " has no certificates in PEM: " + e.getMessage(), e);
    }
    if (certificates.isEmpty()) {
      throw new IOException(file + " has no certificates");
    }
    return certificates;
  }
}
