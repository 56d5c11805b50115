package whorl.collector.custody.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Digest;
import whorl.evidence.Text;

/**
 * Names the keys that a verification rests on. They come with the evidence, so somebody who made it
 * up could have made them as well; only a key or a checkpoint from elsewhere rules that out.
 */
final class KeyCheck {
  private static final int KEY_MAX_BYTES = 4 << 10;

  private final Anchors anchors;
  private final VerificationReport.Builder report;

  KeyCheck(Anchors anchors, VerificationReport.Builder report) {
    this.anchors = anchors;
    this.report = report;
  }

  /**
   * Checks a bag.
   *
   * @param record of the bag, which is compared with the evidence elsewhere
   * @param log the key of the log that it is in
   * @param earlier the keys of the logs that imported evidence was in before
   */
  void bag(EvidenceRecord record, @Nullable VerifierKey log, Collection<VerifierKey> earlier) {
    boolean ownIsKnown = log != null && anchors.know(log);
    boolean agentIsKnown = agent(record.signature(), ownIsKnown || !anchors.nameLogs());
    compareLogs(log, earlier);
    if (anchors.nameLogs()) {
      return;
    }
    if (!agentIsKnown) {
      report.note(
          "these keys came with the bag: somebody who made it up could have made them. Compare them"
              + " with what the collector's operator says (--log-key, --agent-key), or give a"
              + " checkpoint that was kept elsewhere (--checkpoint)");
      return;
    }
    report.note(
        "the agent's key shows what the agent signed. When the collector sealed it, and what its"
            + " custody says, is the word of a log that came with the bag (--log-key)");
    for (StoredArtifact artifact : record.artifacts()) {
      if (artifact.derived()) {
        report.note(
            artifact.name()
                + " is not the agent's: the collector made it, and only the key of its log shows"
                + " that (--log-key)");
      }
    }
  }

  /** Checks a folder that an agent wrote; it has no log. */
  void agentFolder(SignatureOutcome signature) {
    boolean known = agent(signature, true);
    if (anchors.nameLogs()) {
      report.problem(
          "an agent's folder is in no custody log: --log-key and --checkpoint cannot be compared");
    }
    if (!known && signature.verified()) {
      report.note(
          "this key came with the evidence: somebody who made it up could have made it. Compare it"
              + " with what the collector's operator says (--agent-key)");
    }
  }

  /**
   * Names the agent's key.
   *
   * @param isTrusted whether to repeat what the record says of the key
   * @return true if it is one of those that are known from elsewhere
   */
  private boolean agent(SignatureOutcome signature, boolean isTrusted) {
    String named = signature.verified() ? signature.keyId() : null;
    String key = named == null ? null : Text.shortened(named);
    if (key != null) {
      report.note(
          "signed with the agent's key "
              + key
              + (isTrusted && Boolean.TRUE.equals(signature.enrolled())
                  ? ", which its collector knew as the agent's"
                  : ""));
    }
    if (anchors.agentKeys().isEmpty()) {
      return false;
    }
    if (anchors.agentKeys().stream().anyMatch(each -> each.hex().equals(key))) {
      report.note("this key is one that --agent-key names");
      return true;
    }
    report.problem(
        (key == null ? "not signed" : "signed with the key " + key)
            + ", and not with "
            + anchors.agentKeys().stream().map(Digest::hex).collect(Collectors.joining(" or "))
            + " (--agent-key)");
    return false;
  }

  private void compareLogs(@Nullable VerifierKey key, Collection<VerifierKey> earlier) {
    if (key != null) {
      report.note("custody is in the log of the key " + key);
    }
    if (anchors.logKeys().isEmpty()) {
      return;
    }
    boolean isKnown = false;
    if (key != null && anchors.logKeys().contains(key)) {
      report.note("this log is one that --log-key names");
      isKnown = true;
    }
    for (VerifierKey each : earlier) {
      if (anchors.logKeys().contains(each)) {
        report.note("custody was in the log of the key " + each + ", which --log-key names");
        isKnown = true;
      }
    }
    if (!isKnown) {
      report.problem(
          (key == null ? "custody names no key" : "custody is in the log of the key " + key)
              + ", and not of "
              + anchors.logKeys().stream()
                  .map(VerifierKey::text)
                  .collect(Collectors.joining(" or "))
              + " (--log-key)");
    }
  }

  /** The key of the bag's log; null if it has none that can be read, which is named elsewhere. */
  static @Nullable VerifierKey log(Bundle bag) {
    try {
      byte[] text = bag.read(BagLayout.LOG_KEY, KEY_MAX_BYTES);
      return text == null ? null : VerifierKey.parse(new String(text, StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException unreadable) {
      return null; // the check of the proofs has reported it
    }
  }
}
