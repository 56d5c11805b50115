package whorl.collector.custody.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Envelope;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Statement;
import whorl.evidence.VerifyingKey;

/**
 * Compares a manifest with its signed envelope and the received artifacts. All input counts as
 * hostile. The same check runs before a seal and in a later verification.
 *
 * @param manifest null if it cannot be parsed
 * @param lacking the manifest's artifacts that are missing or differ, each with the reason; the
 *     agent can ship them again
 * @param unlisted received artifacts that are not in the manifest; anyone with an agent token can
 *     send them
 * @param problems the problems that shipping again cannot solve
 */
public record ManifestCheck(
    @Nullable Manifest manifest,
    SortedMap<ArtifactName, String> lacking,
    List<ArtifactName> unlisted,
    List<String> problems,
    SignatureOutcome signature) {
  private static final String NOT_ENROLLED =
      "manifest.json names another key than the one this agent is enrolled with";

  /**
   * The maximum size of {@code manifest.json} and of its envelope: 20,000 artifacts need about 5
   * MB.
   */
  public static final int MANIFEST_MAX_BYTES = 16 << 20;

  /**
   * @param envelope null if it is missing, which is a problem
   * @param found the received artifacts, without {@code manifest.json} and its envelope
   * @param enrolledKey the SHA-256 of this agent's enrolled key; null if it has none
   */
  public static ManifestCheck of(
      byte[] manifestJson,
      byte @Nullable [] envelope,
      Map<ArtifactName, ArtifactCheck> found,
      @Nullable Digest enrolledKey) {
    SortedMap<ArtifactName, String> lacking = new TreeMap<>();
    List<ArtifactName> unlisted = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Manifest manifest = parse(manifestJson, problems);
    SignatureOutcome signature = SignatureOutcome.NONE;
    if (manifest != null) {
      compare(manifest, found, lacking, unlisted, problems);
      signature =
          envelope == null
              ? unsigned(problems)
              : signature(manifest, Digest.of(manifestJson), envelope, enrolledKey, problems);
    }
    return new ManifestCheck(
        manifest, lacking, List.copyOf(unlisted), List.copyOf(problems), signature);
  }

  private static SignatureOutcome unsigned(List<String> problems) {
    problems.add("manifest.dsse.json is missing");
    return SignatureOutcome.NONE;
  }

  private static @Nullable Manifest parse(byte[] json, List<String> problems) {
    Manifest manifest;
    try {
      manifest = Json.LENIENT.readValue(json, Manifest.class);
    } catch (IOException e) {
      problems.add("manifest.json can't be read: " + firstLine(e));
      return null;
    }
    String missing = missingPart(manifest);
    if (missing != null) {
      problems.add("manifest.json lacks " + missing);
      return null;
    }
    return manifest;
  }

  /** Jackson leaves null in a record component whose JSON field is missing. */
  private static @Nullable String missingPart(@Nullable Manifest manifest) {
    if (manifest == null) {
      return "everything";
    }
    if (manifest.evidence() == null || manifest.capture() == null) {
      return "evidence or capture";
    }
    if (manifest.agent() == null
        || manifest.agent().id() == null
        || manifest.agent().service() == null) {
      return "agent, or its id or service";
    }
    if (manifest.reason() == null || manifest.startedAt() == null || manifest.sealedAt() == null) {
      return "reason, startedAt or sealedAt";
    }
    if (manifest.alert() != null && !EvidenceRecord.isWhole(manifest.alert())) {
      return "its alert's id, source, time, rule, level or title";
    }
    for (Artifact artifact : manifest.artifacts()) {
      if (artifact.name() == null || artifact.sha256() == null || artifact.mediaType() == null) {
        return "an artifact's name, sha256 or mediaType";
      }
    }
    return null;
  }

  private static void compare(
      Manifest manifest,
      Map<ArtifactName, ArtifactCheck> found,
      SortedMap<ArtifactName, String> lacking,
      List<ArtifactName> unlisted,
      List<String> problems) {
    Set<ArtifactName> listed = new HashSet<>();
    for (Artifact artifact : manifest.artifacts()) {
      ArtifactName name = artifact.name();
      if (!listed.add(name)
          || name.equals(ArtifactName.MANIFEST)
          || name.equals(ArtifactName.ENVELOPE)) {
        problems.add("manifest.json must not list " + name + " here");
        continue;
      }
      ArtifactCheck artifactCheck = found.get(name);
      if (artifactCheck == null) {
        lacking.put(name, "artifact " + name + " is missing");
      } else if (!artifactCheck.sha256().equals(artifact.sha256())) {
        lacking.put(
            name,
            "artifact "
                + name
                + ": sha-256 is "
                + artifactCheck.sha256()
                + ", manifest says "
                + artifact.sha256());
      } else if (artifactCheck.size() != artifact.size()) {
        lacking.put(
            name,
            "artifact "
                + name
                + ": size is "
                + artifactCheck.size()
                + ", manifest says "
                + artifact.size());
      }
    }
    for (ArtifactName name : found.keySet()) {
      if (!listed.contains(name)) {
        unlisted.add(name);
      }
    }
  }

  private static SignatureOutcome signature(
      Manifest manifest,
      Digest manifestSha256,
      byte[] envelopeJson,
      @Nullable Digest enrolledKey,
      List<String> problems) {
    Envelope envelope;
    boolean stated;
    try {
      envelope = Json.LENIENT.readValue(envelopeJson, Envelope.class);
      stated = envelope != null && states(envelope, Statement.of(manifest, manifestSha256));
    } catch (IOException | RuntimeException e) {
      problems.add("manifest.dsse.json can't be read: " + firstLine(e));
      return SignatureOutcome.NONE;
    }
    if (envelope == null || !Envelope.PAYLOAD_TYPE.equals(envelope.payloadType())) {
      problems.add("manifest.dsse.json: payloadType is not " + Envelope.PAYLOAD_TYPE);
      return SignatureOutcome.NONE;
    }
    if (!stated) {
      problems.add(
          "manifest.dsse.json does not state what manifest.json (" + manifestSha256 + ") says");
    }
    if (envelope.signatures().stream().anyMatch(each -> each.sig() == null)) {
      problems.add("manifest.dsse.json: a signature lacks its sig");
      return SignatureOutcome.NONE;
    }
    if (manifest.key() == null) {
      if (enrolledKey != null) {
        problems.add(NOT_ENROLLED);
      }
      if (!envelope.signatures().isEmpty()) {
        problems.add("manifest.dsse.json is signed, yet manifest.json names no key");
      }
      return SignatureOutcome.NONE;
    }
    return verified(manifest.key(), envelope, enrolledKey, problems);
  }

  private static boolean states(Envelope envelope, Statement statement) throws IOException {
    byte[] payload = envelope.payloadBytes();
    byte[] expected = Json.bytes(statement);
    // First compare the bytes as agents write them: parsing JSON takes much more memory, and is
    // needed only for other writers.
    return Arrays.equals(expected, payload)
        || Json.MAPPER.readTree(expected).equals(Json.MAPPER.readTree(payload));
  }

  private static SignatureOutcome verified(
      String publicKey, Envelope envelope, @Nullable Digest enrolledKey, List<String> problems) {
    VerifyingKey key;
    try {
      key = VerifyingKey.of(publicKey);
    } catch (IllegalArgumentException e) {
      problems.add("manifest.json: key is " + firstLine(e));
      return SignatureOutcome.NONE;
    }
    boolean enrolled = enrolledKey != null && enrolledKey.hex().equals(key.keyId());
    if (enrolledKey != null && !enrolled) {
      problems.add(NOT_ENROLLED);
    }
    if (!key.verifies(envelope)) {
      problems.add("manifest.dsse.json: the signature is not that of key " + key.keyId());
      return new SignatureOutcome(false, key.keyId(), enrolled);
    }
    return new SignatureOutcome(true, key.keyId(), enrolled);
  }

  private static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return message.length() <= 200 ? message : message.substring(0, 200) + "…";
  }
}
